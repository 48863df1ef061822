/**
 * The best partner of the neuron looked at in every other model, as a cross-model ranking found it,
 * and both painted over the current sentence.
 */
import { computed } from '@preact/signals';
import { askFrame } from '../api/client';
import type { ActivationsMeta, ActivationsRequest, RankingDetails, TextView } from '../api/types';
import { indexOf, stackOf } from '../lib/address';
import type { NeuronMoments } from '../lib/colour';
import { filled, partnersOf, type Partner } from '../lib/details';
import { inProject, lacksReferences, model, project } from './project';
import { focus } from './ranking';
import { made } from './rankings';
import { Resource } from './resource';
import { currentItem, items } from './sentences';
import { viewed } from './store';

/** The ranking that knows partners: the one on the screen, else the newest that ranks this layer. */
const source = computed(() => {
  const able = made.value.filter((r) => r.details.includes('partners') && indexOf(r.layers, focus.value) >= 0);
  return able.find((r) => r.id === viewed.ranking.value) ?? able.findLast((r) => r.method !== 'svcca') ?? able.at(-1) ?? null;
});

const loaded = new Resource<Record<string, unknown>>(
  computed(() => {
    const [p, from] = [project.value, source.value];
    return p === null || from === null ? null : JSON.stringify([p.id, from.id]);
  }),
  async (stop, key) => {
    const [id, ranking] = JSON.parse(key) as [string, string];
    const frame = await askFrame<RankingDetails>(inProject(id, `rankings/${encodeURIComponent(ranking)}/details`), { signal: stop });
    return filled(frame.meta.details, frame.arrays) as Record<string, unknown>;
  },
);

export const partners = computed<Partner[]>(() => {
  const [from, details] = [source.value, loaded.load.value.value];
  return from === null || details === null ? [] : partnersOf(details, indexOf(from.layers, focus.value));
});

/** A neuron of some model over one text. */
export interface Painted {
  model: string;
  neuron: string;
  view: TextView;
  start: number;
  values: Float32Array;
  moments: NeuronMoments;
}

async function paintOne(stop: AbortSignal, id: string, of: string, neuron: string, sentence: number | null, text: string): Promise<Painted | null> {
  const body: ActivationsRequest = {
    model: of, neurons: [neuron], text: 'reference', word: 'mean', beams: 1,
    sentences: sentence === null ? [] : [sentence], texts: sentence === null ? [text] : [],
  };
  const frame = await askFrame<ActivationsMeta>(inProject(id, 'activations'), { signal: stop, body });
  const [first, values] = [frame.meta.texts[0], frame.arrays.values?.values];
  if (first === undefined || !(values instanceof Float32Array)) return null;
  const { mean, deviation, minimum, maximum } = frame.meta;
  return {
    model: of, neuron, view: first.view, start: first.start, values,
    moments: { mean: mean[0] ?? null, deviation: deviation[0] ?? null, minimum: minimum[0] ?? null, maximum: maximum[0] ?? null },
  };
}

/** The neuron and its partners over the sentence that the keyboard is on. */
export const pairLoad = new Resource<Painted[]>(
  computed(() => {
    const [p, m] = [project.value, model.value];
    const item = items.value.find((i) => i.key === currentItem.value);
    if (p === null || m === null || item === undefined || partners.value.length === 0) return null;
    // A sentence of the user's own has no reference that a decoder could read.
    if ((item.sentence === null || lacksReferences.value) && stackOf(focus.value) === 'decoder') return null;
    const wanted = [[m.name, focus.value], ...partners.value.map((x) => [x.model, x.neuron])];
    return JSON.stringify([p.id, wanted, item.sentence, item.text]);
  }),
  async (stop, key) => {
    const [id, wanted, sentence, text] = JSON.parse(key) as [string, [string, string][], number | null, string];
    const found = await Promise.all(wanted.map(([of, neuron]) => paintOne(stop, id, of, neuron, sentence, text)));
    return found.filter((one) => one !== null);
  },
);

export function followPartners(): void {
  loaded.follow();
  pairLoad.follow();
}
