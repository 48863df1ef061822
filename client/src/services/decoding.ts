/** How one sentence came to be translated: lines, steps, beam tree, attention; and forcing words. */
import { computed, effect, signal } from '@preact/signals';
import { ask, askFrame } from '../api/client';
import type { AttentionMeta, AttentionRequest, DecodedLine, DecodingRequest, DecodingResult, TextView } from '../api/types';
import { continued, readChoice, readForced, writeChoice, writeForced, type Choice, type Forced } from '../lib/decoding';
import { wordDifference } from '../lib/diff';
import { writes } from '../lib/task';
import type { LineKind } from '../lib/view';
import { counterpart } from './edits';
import { hover, hoverKey } from './hover';
import { say } from './notices';
import { inProject, model, project } from './project';
import { Resource } from './resource';
import { interventions } from './selection';
import { currentItem, items } from './sentences';
import { change, viewed } from './store';
import { itemId, shown } from './translations';

/** Key that words of this sheet are lit by. */
export const HERE = 'decoding';

/** Whether the open model has decoding to look into. */
export const decodes = computed(() => writes(model.value?.task));

/** The sentence that the keyboard is on. */
export const asked = computed(() => items.value.find((i) => i.key === currentItem.value) ?? items.value[0] ?? null);

/** Of a changed copy: what it was made from, and which words of the two differ. */
export const compared = computed(() => {
  const item = asked.value;
  const [own, other] = item === null || item.copyOf === null ? [] : [shown.value.get(itemId(item)), counterpart(item)?.shown];
  if (own === undefined || other === undefined) return null;
  const between = (before: TextView, after: TextView) => ({ before, ...wordDifference(before.words, after.words) });
  return { source: between(other.source, own.source), output: between(other.baseline.view, own.baseline.view) };
});

/** What its output is forced to begin with; a prefix of another sentence is none. */
export const forced = computed<Forced | null>(() => {
  const found = readForced(viewed.forced.value);
  return found !== null && found.item === asked.value?.key ? found : null;
});

const open = computed(() => viewed.sheet.value === 'decoding');

interface Place {
  model: string;
  sentence: number | null;
  text: string | null;
}

const place = computed<Place | null>(() => {
  const [m, item] = [model.value, asked.value];
  if (m === null || item === null || !open.value) return null;
  return { model: m.name, sentence: item.sentence, text: item.sentence === null ? item.text : null };
});

export const decodingLoad = new Resource<DecodingResult>(
  computed(() => {
    const [p, where, prefix] = [project.value, place.value, forced.value];
    if (p === null || where === null || !decodes.value) return null;
    const body: DecodingRequest = {
      ...where, beams: viewed.beams.value, alternatives: viewed.alternatives.value, interventions: interventions.value,
      prefix: prefix !== null && 'text' in prefix ? prefix.text : null,
      prefix_ids: prefix !== null && 'ids' in prefix ? prefix.ids : null,
    };
    return JSON.stringify([p.id, body]);
  }),
  async (stop, key) => {
    const [id, body] = JSON.parse(key) as [string, DecodingRequest];
    return ask<DecodingResult>(inProject(id, 'decoding'), { body, signal: stop });
  },
);

/** The line that is looked into: the one that was chosen, or the last. */
export const chosenLine = computed<DecodedLine | null>(() => {
  const lines = decodingLoad.load.value.value?.lines ?? [];
  return lines.find((l) => l.kind === viewed.line.value) ?? lines.at(-1) ?? null;
});

export function isChanged(kind: LineKind): boolean {
  return kind === 'changed' || kind === 'forced_changed';
}

export function chooseLine(kind: LineKind): void {
  change({ line: kind });
}

export const choice = computed<Choice>(() => readChoice(viewed.attention.value) ?? { kind: null, layer: null, head: null });

export function chooseAttention(next: Choice): void {
  change({ attention: writeChoice(next) });
}

export interface Attention {
  meta: AttentionMeta;
  /** Heads after one another, each by rows. */
  values: Float32Array;
}

/** What is asked of a model that only reads: there is no decoding to wait for. */
const reading = computed<string | null>(() => {
  const [p, where] = [project.value, place.value];
  if (p === null || where === null) return null;
  const { kind, layer } = choice.value;
  const body: AttentionRequest = { ...where, ids: [], kind, layer, interventions: isChanged(chosenReading.value) ? interventions.value : [] };
  return JSON.stringify([p.id, body]);
});

/** Whether such a text is looked into as it is, or with the interventions. */
export const chosenReading = computed<LineKind>(() => (interventions.value.length > 0 && viewed.line.value !== 'clean' ? 'changed' : 'clean'));

/** The text that such a model reads, as it is shown. */
export const read = computed<TextView | null>(() => (asked.value === null ? null : (shown.value.get(itemId(asked.value))?.source ?? null)));

/** Asked about what is shown, not about what is on its way, so that the two belong together. */
export const attentionLoad = new Resource<Attention>(
  computed(() => {
    if (!decodes.value) return reading.value;
    const [found, now] = [decodingLoad.load.value, chosenLine.value];
    if (found.of === null || found.value?.attention !== true || now === null || now.steps.length === 0) return null;
    const [id, of] = JSON.parse(found.of) as [string, DecodingRequest];
    const { kind, layer } = choice.value;
    const body: AttentionRequest = {
      model: of.model, sentence: of.sentence, text: of.text, ids: now.steps.map((s) => s.token), kind, layer,
      interventions: isChanged(now.kind) ? (of.interventions ?? []) : [],
    };
    return JSON.stringify([id, body]);
  }),
  async (stop, key) => {
    const [id, body] = JSON.parse(key) as [string, AttentionRequest];
    const frame = await askFrame<AttentionMeta>(inProject(id, 'attention'), { body, signal: stop });
    const values = frame.arrays.values?.values;
    if (!(values instanceof Float32Array)) throw new Error('The answer holds no attention.');
    return { meta: frame.meta, values };
  },
);

/** Force the chosen line's tokens before a step, and another in its place. */
export function forceAt(step: number, token: number, piece: string): void {
  const [item, now] = [asked.peek(), chosenLine.peek()];
  if (item === null || now === null) return;
  forceIds([...now.steps.slice(0, step).map((s) => s.token), token], piece);
}

/** Force exact tokens; the last of them is named to a screen reader. */
export function forceIds(ids: number[], piece: string): void {
  const item = asked.peek();
  if (item === null) return;
  change({ forced: writeForced({ item: item.key, ids }), line: followed() }, { push: true });
  say(`${piece} forced`);
}

/** Force a text; the model's tokenizer cuts it. */
export function forceText(text: string): void {
  const item = asked.peek();
  if (item === null || text.trim() === '') return;
  const begun = model.peek()?.task === 'language-modelling' ? continued(item.text, text.trimEnd()) : text.trim();
  change({ forced: writeForced({ item: item.key, text: begun }), line: followed() }, { push: true });
}

/** The forced line with the interventions goes on from the changed one, the other from the clean. */
function followed(): LineKind {
  const now = chosenLine.peek();
  return now !== null && isChanged(now.kind) ? 'forced_changed' : 'forced';
}

export function forceNothing(): void {
  change({ forced: '', line: '' }, { push: true });
}

/** Words under the pointer in the attention map: one of each text. */
export const pair = signal<{ source: number; target: number } | null>(null);

export function followDecoding(): void {
  decodingLoad.follow();
  attentionLoad.follow();
  let lit: Element[] = [];
  effect(() => {
    const now = pair.value;
    for (const element of lit) element.removeAttribute('data-lit');
    const keys = now === null ? [] : [hoverKey(HERE, 'source', now.source), hoverKey(HERE, 'target', now.target)];
    lit = keys.flatMap((key) => [...document.querySelectorAll(`[data-h="${key}"]`)]);
    for (const element of lit) element.setAttribute('data-lit', '');
    if (now !== null) hover.value = null;
  });
}
