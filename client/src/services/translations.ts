/**
 * Live decoding: the sentences on the page, clean and changed, always on the way to what the view
 * asks for. One request is under way at a time and the newest setting goes next, so nothing piles
 * up behind a slider. When the whole page takes too long to follow a hand, the current sentence is
 * decoded first and the others after it. Old text stays, marked as old, until the new one is there.
 */
import { computed, effect, signal, untracked } from '@preact/signals';
import type { ApiError } from '../api/client';
import type { InterventionBody, Output, TextView, TranslatedItem } from '../api/types';
import { Latest } from '../lib/latest';
import { reconnections, translate } from './connection';
import { model, project } from './project';
import { asApiError } from './resource';
import { interventions, judging } from './selection';
import { shownSets } from './sets';
import { currentItem, items, type ItemKey, type PageItem } from './sentences';
import { viewed } from './store';

export interface Shown {
  source: TextView;
  baseline: Output;
  /** The changed translation; null if nothing is changed. */
  changed: Output | null;
  /** The translations under the manipulation sets, by id, each with the setting it belongs to. */
  sets: ReadonlyMap<string, { setting: string; output: Output }>;
  warnings: string[];
  /** Model, beams and text that the baseline belongs to, and the interventions of the rest. */
  base: string;
  setting: string;
  error: ApiError | null;
}

interface Wanted {
  project: string;
  model: string;
  beams: number;
  items: PageItem[];
  first: ItemKey;
  interventions: InterventionBody[];
  base: string;
  setting: string;
  sets: { id: string; interventions: InterventionBody[]; setting: string }[];
}

/** Above this many milliseconds for the whole page, the current sentence goes first. */
const QUICK = 70;
/** The rest of the page waits no longer than this while the current sentence follows a slider. */
const REST_EVERY = 350;

const beams = viewed.beams;

const wantedSets = computed(() =>
  shownSets.value.map((s) => ({ id: s.id, interventions: s.interventions, setting: JSON.stringify(s.interventions) })),
);

const wanted = computed<Wanted | null>(() => {
  const [p, m] = [project.value, model.value];
  if (p === null || m === null || items.value.length === 0) return null;
  return {
    project: p.id, model: m.name, beams: beams.value, items: items.value, first: currentItem.value,
    interventions: interventions.value,
    base: `${p.id} ${m.name} ${beams.value}`,
    setting: JSON.stringify(interventions.value),
    sets: wantedSets.value,
  };
});

/** By item: what is shown, or why it is not. Keys hold the text, since own sentences can change. */
export const shown = signal<ReadonlyMap<string, Shown>>(new Map());
export const failures = signal<ReadonlyMap<string, ApiError>>(new Map());

/** Whether an error is about the text that was sent, and not about all that is asked for. */
export function isOfText(error: ApiError | undefined): boolean {
  return error?.code === 'text_too_long';
}

/** How long the server took for the last answer, in milliseconds. */
export const lastMilliseconds = signal<number | null>(null);

export function itemId(item: PageItem): string {
  return item.sentence !== null ? item.key : `t:${item.text}`;
}

/** The translation of an item under a set, if it is there, and whether it is the one asked for. */
export function underSet(item: PageItem, id: string): { output: Output; behind: boolean } | null {
  const have = shown.value.get(itemId(item));
  const found = have?.sets.get(id);
  if (have === undefined || found === undefined) return null;
  const now = wanted.value;
  return { output: found.output, behind: have.base !== now?.base || found.setting !== now.sets.find((s) => s.id === id)?.setting };
}

/** Whether what is shown for an item is not what the view asks for. */
export function isBehind(item: PageItem): boolean {
  const now = wanted.value;
  const have = shown.value.get(itemId(item));
  return now !== null && (judging.value || have?.base !== now.base || have.setting !== now.setting);
}

let lastRest = 0;
let pageMilliseconds = 0;
let serial = 0;

/** Sets whose translation of an item is missing or old. */
function missingSets(item: PageItem, now: Wanted): Wanted['sets'] {
  const have = shown.peek().get(itemId(item));
  return now.sets.filter((s) => have?.base !== now.base || have.sets.get(s.id)?.setting !== s.setting);
}

function needsChanged(item: PageItem, now: Wanted): boolean {
  const have = shown.peek().get(itemId(item));
  return have?.base !== now.base || have.setting !== now.setting;
}

function needs(item: PageItem, now: Wanted): boolean {
  return needsChanged(item, now) || missingSets(item, now).length > 0;
}

/** What is asked for a batch: only what one of its items lacks, so that a slider moves no set. */
interface Due {
  changed: boolean;
  sets: Wanted['sets'];
}

function dueOf(batch: PageItem[], now: Wanted): Due {
  const ids = new Set(batch.flatMap((item) => missingSets(item, now).map((s) => s.id)));
  return {
    changed: now.interventions.length > 0 && batch.some((item) => needsChanged(item, now)),
    sets: now.sets.filter((s) => ids.has(s.id)),
  };
}

function keep(batch: PageItem[], found: TranslatedItem[], now: Wanted, due: Due): void {
  if (now.project !== project.peek()?.id) return;
  const next = new Map(shown.peek());
  const wrong = new Map(failures.peek());
  batch.forEach((item, i) => {
    const got = found[i];
    if (got === undefined) return;
    wrong.delete(itemId(item));
    const before = next.get(itemId(item));
    const same = before?.base === now.base ? before : undefined;
    const first = due.changed ? 1 : 0;
    const changed = due.changed ? (got.outputs[0] ?? null) : now.interventions.length === 0 ? null : (same?.changed ?? null);
    next.set(itemId(item), {
      source: got.source, baseline: got.baseline, changed,
      sets: new Map([
        ...[...(same?.sets ?? [])].filter(([id]) => now.sets.some((s) => s.id === id)),
        ...due.sets.flatMap((s, k) => {
          const output = got.outputs[first + k];
          return output === undefined ? [] : [[s.id, { setting: s.setting, output }] as const];
        }),
      ]),
      warnings: due.changed || due.sets.length > 0 || same === undefined ? got.warnings : same.warnings,
      base: now.base, setting: now.setting, error: null,
    });
  });
  const present = new Set(items.peek().map(itemId));
  for (const id of next.keys()) if (next.size > 200 && !present.has(id)) next.delete(id);
  shown.value = next;
  if (wrong.size !== failures.peek().size) failures.value = wrong;
}

async function decode(batch: PageItem[], now: Wanted): Promise<void> {
  if (batch.length === 0) return;
  // The server hands corpus sentences back first and own texts after them.
  const ordered = [...batch.filter((i) => i.sentence !== null), ...batch.filter((i) => i.sentence === null)];
  const due = dueOf(ordered, now);
  try {
    const answer = await translate({
      project: now.project,
      model: now.model,
      sentences: ordered.flatMap((i) => (i.sentence === null ? [] : [i.sentence])),
      texts: ordered.flatMap((i) => (i.sentence === null ? [i.text] : [])),
      settings: [
        ...(due.changed ? [{ name: 'changed', interventions: now.interventions }] : []),
        ...due.sets.map((s) => ({ name: s.id, interventions: s.interventions })),
      ],
      beams: now.beams,
      request: ++serial,
    });
    if (answer.superseded) return;
    lastMilliseconds.value = answer.milliseconds;
    keep(ordered, answer.items, now, due);
  } catch (error) {
    const failed = asApiError(error);
    if (isOfText(failed) && ordered.length > 1) {
      // What is wrong with one text must not cost the others.
      for (const item of ordered) await decode([item], now);
    } else fail(ordered, failed, now);
  }
}

function fail(batch: PageItem[], error: ApiError, now: Wanted): void {
  if (now.project !== project.peek()?.id) return;
  const wrong = new Map(failures.peek());
  // What another model made of the text would stand there for good.
  const next = new Map(shown.peek());
  for (const id of batch.map(itemId)) {
    wrong.set(id, error);
    if (next.get(id)?.base !== now.base) next.delete(id);
  }
  failures.value = wrong;
  if (next.size !== shown.peek().size) shown.value = next;
}

async function run(now: Wanted): Promise<void> {
  const due = now.items.filter((item) => needs(item, now));
  // New sentences of a person's own, and what has failed, go one by one.
  const own = due.filter((i) => isOfText(failures.peek().get(itemId(i))) || (i.sentence === null && !shown.peek().has(itemId(i))));
  const known = due.filter((i) => !own.includes(i));
  const start = performance.now();
  const first = pageMilliseconds > QUICK ? known.filter((i) => i.key === now.first) : [];
  await decode(first, now);
  const overtaken = wanted.peek() !== now;
  if (first.length > 0 && overtaken && performance.now() - lastRest < REST_EVERY) return;
  await decode(known.filter((i) => !first.includes(i)), now);
  lastRest = performance.now();
  if (known.length > 1) pageMilliseconds = lastRest - start;
  for (const item of own) await decode([item], now);
}

const line = new Latest<Wanted, undefined>({
  run: async (now) => {
    await run(now);
    return undefined;
  },
  deliver: () => undefined,
  fail: () => undefined,
});

/** Try again what failed. */
export function retryTranslations(): void {
  failures.value = new Map();
  const now = wanted.peek();
  if (now !== null) line.push(now);
}

export function followTranslations(): void {
  const open = computed(() => project.value?.id);
  effect(() => {
    // Sentences of different projects have the same keys.
    if (open.value !== undefined) untracked(() => {
      shown.value = new Map();
      failures.value = new Map();
    });
  });
  effect(() => {
    const now = wanted.value;
    // No throttle: a slider moves once a frame, and while an answer is due only the newest waits.
    if (now !== null) untracked(() => {
      line.push(now);
    });
  });
  effect(() => {
    if (reconnections.value > 0 && untracked(() => failures.value.size > 0)) untracked(retryTranslations);
  });
}
