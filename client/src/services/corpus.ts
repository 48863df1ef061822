/** The sheet of the corpus: scores of slices, similar sentences that come out otherwise, nearest states. */
import { computed, signal } from '@preact/signals';
import { ask } from '../api/client';
import type {
  CounterpartsRequest, CounterpartsResult, LabelSource, LayerInfo, NearestRequest, NearestResult, SliceSentences,
  SliceSentencesRequest, SlicesRequest, SlicesResult,
} from '../api/types';
import { labelBody, readNear, outcomesOf, readOutcome, readSliced, writeSliced, type Near, type Outcome, type OutcomeKind, type Sliced } from '../lib/slices';
import { labelChanges } from './labels';
import { inProject, lacksReferences, model, project, unscorable } from './project';
import { Resource } from './resource';
import { interventions } from './selection';
import { currentItem, items, showSentence } from './sentences';
import { change, view, viewed } from './store';
import { itemId, shown } from './translations';

export const SENTENCES = 10;

const tab = computed(() => (viewed.sheet.value === 'corpus' ? viewed.corpusTab.value : null));

/** Whether there are translations, which come out in one way or another. */
export const translates = computed(() => model.value?.task === 'translation');

/** Whether there is something that can be scored slice by slice. */
export const scored = computed(() => model.value !== null && unscorable.value === null);

/** The sentence that the keyboard is on. */
export const asked = computed(() => items.value.find((i) => i.key === currentItem.value) ?? items.value[0] ?? null);

/** Labels of the words of both sides, and of sentences. */
export const labelsLoad = new Resource<Record<Sliced['side'], LabelSource[]>>(
  computed(() => (project.value === null || viewed.sheet.value !== 'corpus' ? null : JSON.stringify([project.value.id, labelChanges.value]))),
  async (stop, key) => {
    const [id] = JSON.parse(key) as [string];
    const of = async (side: Sliced['side']) => (await ask<{ labels: LabelSource[] }>(inProject(id, `labels?side=${side}`), { signal: stop })).labels;
    const [source, reference] = await Promise.all([of('source'), of('reference')]);
    return { source, reference };
  },
);

/** The label that slices are made by; the parts of the corpus, or else lengths, if none is chosen. */
export const sliced = computed<Sliced | null>(() => {
  const labels = labelsLoad.load.value.value;
  if (labels === null) return null;
  const side = viewed.sliced.value.includes('@reference') ? 'reference' : 'source';
  const chosen = readSliced(viewed.sliced.value, labels[side]);
  if (chosen !== null) return chosen;
  const first = labels.source.find((l) => l.name === 'column:part') ?? labels.source.find((l) => l.name === 'length') ?? labels.source[0];
  return first === undefined ? null : { name: first.name, side: 'source', parameters: {} };
});

export function chooseSliced(next: Sliced): void {
  change({ sliced: writeSliced(next), slice: '', slicePage: 0 }, { push: true });
}

/** Settings whose translations may be made, because somebody asked for it. */
const allowed = signal<ReadonlySet<string>>(new Set());

/** Whose translations are asked about. */
const whose = computed(() => {
  const m = model.value;
  return m === null || !scored.value ? null : { model: m.name, interventions: interventions.value, beams: viewed.beams.value };
});

const outputs = computed(() => (whose.value === null ? null : { ...whose.value, start: allowed.value.has(JSON.stringify(whose.value)) }));

/** Have the corpus translated as it is asked about now. */
export function translateCorpus(): void {
  allowed.value = new Set([...allowed.peek(), JSON.stringify(whose.peek())]);
}

/** Let typing rest before it is asked about. */
async function rested(stop: AbortSignal): Promise<void> {
  await new Promise((done) => setTimeout(done, 200));
  if (stop.aborted) throw new DOMException('overtaken', 'AbortError');
}

/** Slices of fewer sentences are left out: a score of two sentences is none. */
export const fewest = computed(() => ((project.value?.corpus.sentences ?? 0) < 200 ? 2 : 10));

export const slicesLoad = new Resource<SlicesResult>(
  computed(() => {
    const [p, of, label] = [project.value, outputs.value, sliced.value];
    if (p === null || of === null || label === null || tab.value !== 'slices') return null;
    const body: SlicesRequest = { ...of, label: labelBody(label), least: fewest.value };
    return JSON.stringify([p.id, body]);
  }),
  async (stop, key) => {
    await rested(stop);
    const [id, body] = JSON.parse(key) as [string, SlicesRequest];
    return ask<SlicesResult>(inProject(id, 'slices'), { body, signal: stop });
  },
);

export const sentencesOfSlice = new Resource<SliceSentences>(
  computed(() => {
    const load = slicesLoad.load.value;
    const name = viewed.slice.value;
    if (load.of === null || load.state !== 'ready' || load.value?.slices.some((s) => s.name === name) !== true) return null;
    const [id, of] = JSON.parse(load.of) as [string, SlicesRequest];
    const body: SliceSentencesRequest = { ...of, name, order: viewed.sliceOrder.value, offset: viewed.slicePage.value, limit: SENTENCES };
    return JSON.stringify([id, body]);
  }),
  async (stop, key) => {
    const [id, body] = JSON.parse(key) as [string, SliceSentencesRequest];
    return ask<SliceSentences>(inProject(id, 'slices/sentences'), { body, signal: stop });
  },
);

/** Look into a slice, or no longer. */
export function chooseSlice(name: string): void {
  change({ slice: name === view.peek().slice ? '' : name, slicePage: 0 }, { push: true });
}

/** Show a sentence of the corpus in the panes. */
export function look(sentence: number): void {
  change({ sheet: '' }, { push: true });
  showSentence(sentence);
}

/** Show a sentence and stay in the sheet: it becomes the one that is asked about. */
export function askAbout(sentence: number): void {
  showSentence(sentence);
}

/** What of the translation is looked at: whether it is changed, or is the reference, if nothing is chosen. */
export const outcome = computed<Outcome>(() =>
  asOffered(readOutcome(viewed.outcome.value), outcomesOf(model.value?.task).map(([kind]) => kind)),
);

/** What was chosen, if the model has such an outcome; else the first that needs no choice. */
function asOffered(chosen: Outcome | null, kinds: readonly OutcomeKind[]): Outcome {
  if (chosen !== null && kinds.includes(chosen.kind)) return chosen;
  if (interventions.value.length > 0 && kinds.includes('changed')) return { kind: 'changed', name: '' };
  // A sentence of one's own, or a text without references, has no reference that its output could be.
  const compared = asked.value?.sentence !== null && !lacksReferences.value;
  if (!compared && kinds.includes('reference')) return { kind: 'contains', name: firstWord() };
  return { kind: kinds.find((k) => k === 'reference' || k === 'gives') ?? 'column', name: '' };
}

/** The first word that the model wrote for the sentence: something to begin with. */
function firstWord(): string {
  const item = asked.value;
  return item === null ? '' : (shown.value.get(itemId(item))?.baseline.view.words[0] ?? '');
}

interface Place {
  sentence: number | null;
  text: string | null;
}

const place = computed<Place | null>(() => {
  const item = asked.value;
  return item === null ? null : { sentence: item.sentence, text: item.sentence === null ? item.text : null };
});

/** Why nothing can be looked for yet, in words; null if it can. */
export const unasked = computed<string | null>(() => {
  const { kind, name } = outcome.value;
  if (kind === 'changed' && interventions.value.length === 0) return 'No neuron is changed: switch an intervention on, or choose another outcome.';
  if (kind === 'contains' && name.trim() === '') return translates.value ? 'Type a word that the translation contains, or does not.' : 'Type a class.';
  if ((kind === 'label' || kind === 'column') && name === '') return 'Choose a label.';
  if (kind === 'reference' && lacksReferences.value) return 'The text has no references; choose another outcome.';
  if ((kind === 'reference' || kind === 'column') && asked.value?.sentence === null) return 'A sentence of your own has no reference and no labels; choose another outcome.';
  return null;
});

export const counterpartsLoad = new Resource<CounterpartsResult>(
  computed(() => {
    const [p, of, at] = [project.value, outputs.value, place.value];
    if (p === null || of === null || at === null || tab.value !== 'differ' || unasked.value !== null) return null;
    const body: CounterpartsRequest = { ...of, ...at, outcome: outcome.value, similarity: viewed.alike.value, layer: null, count: 8 };
    return JSON.stringify([p.id, body]);
  }),
  async (stop, key) => {
    await rested(stop);
    const [id, body] = JSON.parse(key) as [string, CounterpartsRequest];
    return ask<CounterpartsResult>(inProject(id, 'counterparts'), { body, signal: stop });
  },
);

/** The word whose state is looked for; the first of the source if none was chosen. */
export const near = computed<Near>(() => {
  const chosen = readNear(viewed.near.value) ?? { side: 'source', word: 0 };
  return translates.value ? chosen : { ...chosen, side: 'source' };
});

/** Layers that hold states of the side of that word. */
export const nearLayers = computed<LayerInfo[]>(() => {
  const m = model.value;
  if (m === null) return [];
  const reads = m.layers.some((l) => l.stack === 'encoder') ? 'encoder' : 'decoder';
  const stack = near.value.side === 'source' ? reads : 'decoder';
  return m.layers.filter((l) => l.stack === stack && (m.extracted.length === 0 || m.extracted.includes(l.address)));
});

export const nearLayer = computed<string>(() => {
  const all = nearLayers.value;
  return (all.find((l) => l.address === viewed.nearLayer.value) ?? all.at(-1))?.address ?? '';
});

export const nearestLoad = new Resource<NearestResult>(
  computed(() => {
    const [p, m, at] = [project.value, model.value, place.value];
    if (p === null || m === null || at === null || tab.value !== 'near' || nearLayer.value === '') return null;
    const body: NearestRequest = {
      model: m.name, ...at, ...near.value, layer: nearLayer.value, metric: viewed.nearMetric.value, each_sentence: true,
      beams: viewed.beams.value, count: 12,
    };
    return JSON.stringify([p.id, body]);
  }),
  async (stop, key) => {
    const [id, body] = JSON.parse(key) as [string, NearestRequest];
    return ask<NearestResult>(inProject(id, 'nearest'), { body, signal: stop });
  },
);

export function followCorpus(): void {
  labelsLoad.follow();
  slicesLoad.follow();
  sentencesOfSlice.follow();
  counterpartsLoad.follow();
  nearestLoad.follow();
}
