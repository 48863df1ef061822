/**
 * Activations of the neuron looked at and of the selected ones, on the sentences of the page.
 * Encoder neurons lie over the source, decoder neurons over what the decoder wrote or was given, so
 * the two stacks are asked for apart. Only neurons that are not here yet are fetched: stepping
 * along a ranking costs one row of numbers a step.
 */
import { computed } from '@preact/signals';
import { askFrame } from '../api/client';
import type { ActivationsMeta, ActivationsRequest, TextView } from '../api/types';
import { stackOf } from '../lib/address';
import type { NeuronMoments } from '../lib/colour';
import { learn } from './neuron';
import { inProject, lacksReferences, model, project } from './project';
import { focus } from './ranking';
import { Resource } from './resource';
import { selected } from './selection';
import { items, type PageItem } from './sentences';
import { failures, itemId } from './translations';
import { viewed } from './store';

export interface ActivatedText {
  start: number;
  count: number;
  view: TextView;
  /** What the text is: an own sentence has no reference, so its translation stands in. */
  kind: ActivationsMeta['texts'][number]['text'];
}

export interface Activated {
  /** By item of the page. */
  texts: ReadonlyMap<string, ActivatedText>;
  /** By neuron: one value for each column of all texts. */
  rows: ReadonlyMap<string, Float32Array>;
  moments: ReadonlyMap<string, NeuronMoments>;
}

type Stack = 'encoder' | 'decoder';

const KEPT_PAGES = 12;
const word = viewed.word;
const beams = viewed.beams;
const decoderText = viewed.decoder;

/** As text, so that a move of a slider, which changes no name, redraws no row. */
const names = computed<string>(() => {
  const all = selected.value.map((n) => n.address);
  return (focus.value === '' || all.includes(focus.value) ? all : [focus.value, ...all]).join(' ');
});

/** Neurons that are painted: the one looked at, then the selected ones. */
export const painted = computed<string[]>(() => (names.value === '' ? [] : names.value.split(' ')));

interface Key {
  project: string;
  model: string;
  stack: Stack;
  text: ActivationsRequest['text'];
  word: ActivationsRequest['word'];
  beams: number;
  items: [string, number | null, string][];
  neurons: string[];
}

/** What is wrong with one own sentence must not cost the others their colours. */
function readable(item: PageItem): boolean {
  return item.sentence !== null || !failures.value.has(itemId(item));
}

function keyOf(stack: Stack) {
  return computed<string | null>(() => {
    const [p, m] = [project.value, model.value];
    const neurons = painted.value.filter((n) => stackOf(n) === stack);
    const texts = items.value.filter(readable);
    if (p === null || m === null || neurons.length === 0 || texts.length === 0) return null;
    // Corpus sentences first: the server answers in that order.
    const ordered = [...texts.filter((i) => i.sentence !== null), ...texts.filter((i) => i.sentence === null)];
    const key: Key = {
      project: p.id, model: m.name, stack,
      text: stack === 'decoder' && !lacksReferences.value ? decoderText.value : 'translation',
      word: word.value,
      beams: stack === 'decoder' ? beams.value : 1,
      items: ordered.map((i) => [itemId(i), i.sentence, i.text]),
      neurons,
    };
    return JSON.stringify(key);
  });
}

const pages = new Map<string, Activated>();

function pageOf(key: Key): string {
  return JSON.stringify({ ...key, neurons: [] });
}

async function fetchRows(signal: AbortSignal, text: string): Promise<Activated> {
  const key = JSON.parse(text) as Key;
  const place = pageOf(key);
  const have = pages.get(place);
  const missing = key.neurons.filter((n) => have?.rows.has(n) !== true);
  if (have !== undefined && missing.length === 0) return have;
  const frame = await askFrame<ActivationsMeta>(inProject(key.project, 'activations'), {
    signal,
    body: {
      model: key.model, neurons: missing, text: key.text, word: key.word, beams: key.beams,
      sentences: key.items.flatMap(([, sentence]) => (sentence === null ? [] : [sentence])),
      texts: key.items.flatMap(([, sentence, own]) => (sentence === null ? [own] : [])),
    } satisfies ActivationsRequest,
  });
  const values = frame.arrays.values;
  const { meta } = frame;
  if (!(values?.values instanceof Float32Array)) throw new Error('The answer holds no activations.');
  const width = values.shape[1] ?? 0;
  const rows = new Map(have?.rows);
  const moments = new Map(have?.moments);
  for (const [i, neuron] of meta.neurons.entries()) {
    rows.set(neuron, values.values.subarray(i * width, (i + 1) * width));
    moments.set(neuron, {
      mean: meta.mean[i] ?? null, deviation: meta.deviation[i] ?? null,
      minimum: meta.minimum[i] ?? null, maximum: meta.maximum[i] ?? null,
    });
  }
  learn(key.model, meta.neurons.map((n) => [n, moments.get(n) ?? { mean: null, deviation: null, minimum: null, maximum: null }]));
  const texts = new Map<string, ActivatedText>();
  for (const { item, start, count, view, text: kind } of meta.texts) {
    const id = key.items[item]?.[0];
    if (id !== undefined) texts.set(id, { start, count, view, kind });
  }
  const found: Activated = { texts, rows, moments };
  pages.delete(place);
  pages.set(place, found);
  if (pages.size > KEPT_PAGES) pages.delete(pages.keys().next().value ?? '');
  return found;
}

export const activationsLoad: Record<Stack, Resource<Activated>> = {
  encoder: new Resource<Activated>(keyOf('encoder'), fetchRows),
  decoder: new Resource<Activated>(keyOf('decoder'), fetchRows),
};

export function followActivations(): void {
  activationsLoad.encoder.follow();
  activationsLoad.decoder.follow();
}
