/** The form of a new ranking: what was chosen so far, and what the server says of the label. */
import { computed, signal } from '@preact/signals';
import { ask } from '../api/client';
import type { LabelBody, LabelInfo, LabelSource, ParameterInfo, RankingMethod, RankingRequest } from '../api/types';
import { between, choice, flag, listed, options, words, type Kind, type Kinds } from '../lib/filled';
import { isReady, labelTitle, needs, type Value } from '../lib/methods';
import { Filled } from './filled';
import { focusSoon } from './focusing';
import { labelChanges } from './labels';
import { inProject, model, project } from './project';
import { Resource, asApiError } from './resource';
import type { ApiError } from '../api/client';
import { openSheet, orderRanking } from './rankings';
import { change, viewed } from './store';

export type Side = 'source' | 'reference';

export interface Draft {
  method: string;
  options: Record<string, Value>;
  side: Side;
  label: string;
  labelOptions: Record<string, Value>;
  /** Classes that were taken away. */
  without: string[];
  against: string;
  minimum: number;
  rest: boolean;
  others: string[] | null;
  stack: 'encoder' | 'decoder';
  layer: string;
  standardize: boolean | null;
  seed: number;
  words: 'first' | 'last' | 'mean';
}

const EMPTY: Draft = {
  method: 'probe', options: {}, side: 'source', label: 'upos', labelOptions: {}, without: [], against: '', minimum: 20,
  rest: false, others: null, stack: 'encoder', layer: '', standardize: null, seed: 0, words: 'last',
};

/** Null where the analysis decides. */
const perhaps: Kind<boolean | null> = { read: flag.read, write: (value) => (value === null ? '' : flag.write(value)) };

const KINDS: Kinds<Draft> = {
  method: words, options, side: choice(['source', 'reference']), label: words, labelOptions: options,
  without: { read: (text) => listed.read(text) ?? undefined, write: listed.write }, against: words, minimum: between(1, 1e9), rest: flag,
  others: listed, stack: choice(['encoder', 'decoder']), layer: words, standardize: perhaps, seed: between(0, 1e9),
  words: choice(['first', 'last', 'mean']),
};

/** What was asked for last: the form begins with it, so that it can be varied. */
const before = signal<Draft>(EMPTY);

export const draft = new Filled('rank', KINDS, () => before.value);
export const draftError = signal<ApiError | null>(null);
export const sending = signal(false);

export function set(patch: Partial<Draft>): void {
  draft.set(patch);
  draftError.value = null;
}

export const draftMethod = computed<RankingMethod | null>(() => {
  const all = project.value?.rankings ?? [];
  return all.find((r) => r.name === draft.value.method) ?? all.find((r) => !isReady(r)) ?? all[0] ?? null;
});

/** What labels words on the chosen side; loaded while the form is open. */
export const labelsLoad = new Resource<LabelSource[]>(
  computed(() => {
    const p = project.value;
    return p === null || viewed.sheet.value !== 'new' ? null : JSON.stringify([p.id, draft.value.side, labelChanges.value]);
  }),
  async (stop, key) => {
    const [id, side] = JSON.parse(key) as [string, Side];
    return (await ask<{ labels: LabelSource[] }>(inProject(id, `labels?side=${side}`), { signal: stop })).labels;
  },
);

export const labelSource = computed<LabelSource | null>(() => {
  const all = labelsLoad.load.value.value ?? [];
  return all.find((l) => l.name === draft.value.label) ?? all[0] ?? null;
});

/** The options that differ from what is declared. */
function given(values: Record<string, Value>, declared: readonly ParameterInfo[]): Record<string, Value> {
  return Object.fromEntries(declared.flatMap((p) => {
    const value = values[p.name];
    return value === undefined || value === p.default ? [] : [[p.name, value]];
  }));
}

/** The label with all its classes, whatever was chosen among them. */
const whole = computed<LabelBody | null>(() => {
  const source = labelSource.value;
  const now = draft.value;
  if (source === null || draftMethod.value === null || !needs(draftMethod.value, 'labels')) return null;
  return {
    name: source.name, side: now.side, parameters: given(now.labelOptions, source.parameters), classes: null, against: null,
    minimum: now.minimum, rest: now.rest ? 'other' : '',
  };
});

/** What the label says of the words. */
export const labelLoad = new Resource<LabelInfo>(
  computed(() => {
    const [p, label] = [project.value, whole.value];
    return p === null || label === null || viewed.sheet.value !== 'new' ? null : JSON.stringify([p.id, label, labelChanges.value]);
  }),
  async (stop, key) => {
    // Typing a pattern asks once it rests.
    await new Promise((rested) => setTimeout(rested, 200));
    if (stop.aborted) throw new DOMException('overtaken', 'AbortError');
    const [id, label] = JSON.parse(key) as [string, LabelBody];
    return ask<LabelInfo>(inProject(id, 'labels'), { body: label, signal: stop });
  },
);

/** Classes that stay in. */
export const classes = computed(() =>
  (labelLoad.load.value.value?.classes ?? []).filter((c) => !draft.value.without.includes(c.name)),
);

/** Other models that can be compared: by default all that read the same language. */
export const candidates = computed(() => {
  const open = model.value;
  return (project.value?.models ?? []).filter((m) => m.name !== open?.name && m.source_language === open?.source_language);
});

export const chosenOthers = computed(() => {
  const names = candidates.value.map((m) => m.name);
  return (draft.value.others ?? names).filter((name) => names.includes(name));
});

/** The stack whose layers are ranked; null if the analysis takes both. */
export const draftStack = computed<'encoder' | 'decoder' | null>(() => {
  const by = draftMethod.value;
  if (by === null || isReady(by)) return null;
  if (needs(by, 'labels')) return draft.value.side === 'source' ? 'encoder' : 'decoder';
  return draft.value.stack;
});

/** What is still missing before the ranking can be asked for, in words; null if nothing is. */
export const missing = computed<string | null>(() => {
  const by = draftMethod.value;
  if (by === null) return 'Choose an analysis.';
  if (needs(by, 'others') && chosenOthers.value.length === 0) return 'Choose at least one other model.';
  if (!needs(by, 'labels')) return null;
  const info = labelLoad.load.value.value;
  if (info === null) return 'Choose a label.';
  if (info.numeric) return needs(by, 'targets') ? null : `${by.title} needs classes; choose the form "class".`;
  if (classes.value.length < 2) return 'At least two classes are needed; take smaller classes too, or give words without a label a class of their own.';
  return null;
});

export function request(): RankingRequest | null {
  const [by, open, now] = [draftMethod.peek(), model.peek(), draft.peek()];
  if (by === null || open === null) return null;
  const label = whole.peek();
  const all = labelLoad.load.peek().value?.classes ?? [];
  const kept = classes.peek().map((c) => c.name);
  const stack = draftStack.peek();
  return {
    model: open.name, method: by.name,
    layers: now.layer === '' || (stack !== null && !now.layer.startsWith(`${stack}.`)) ? null : [now.layer],
    parameters: given(now.options, by.parameters),
    label: label === null ? null : {
      ...label, classes: kept.length === all.length ? null : kept,
      against: now.against !== '' && kept.includes(now.against) ? now.against : null,
    },
    others: needs(by, 'others') ? chosenOthers.peek() : [],
    standardize: by.standardizable ? now.standardize : null,
    seed: now.seed, words: now.words,
  };
}

export async function send(): Promise<void> {
  const body = request();
  const by = draftMethod.peek();
  if (body === null || by === null || missing.peek() !== null || sending.peek()) return;
  sending.value = true;
  draftError.value = null;
  try {
    const about = labelTitle(body.label ?? null);
    await orderRanking(body, about === '' ? by.title : `${by.title} for ${about}`);
    const asked = draft.peek();
    change({ filled: draft.cleared() });
    before.value = asked;
    if (viewed.sheet.peek() === 'new') openSheet('');
  } catch (error) {
    draftError.value = asApiError(error);
    focusSoon('[type=submit]');
  } finally {
    sending.value = false;
  }
}

export function followDraft(): void {
  labelsLoad.follow();
  labelLoad.follow();
}
