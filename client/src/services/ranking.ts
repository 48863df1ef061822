/** The ranking on the screen: its order, and walking along it. */
import { computed } from '@preact/signals';
import { askFrame, askWithStatus } from '../api/client';
import type { Job, LayerInfo, RankingInfo } from '../api/types';
import { indexOf, neuronAt } from '../lib/address';
import { inProject, method, model, project } from './project';
import { Resource, WaitFor } from './resource';
import { focusOn, notes } from './selection';
import { viewed } from './store';

export interface Ranked {
  info: RankingInfo;
  /** Flat neuron indices, best first. */
  order: ArrayLike<number>;
  /** Score of each neuron by flat index. */
  scores: ArrayLike<number>;
  /** Place of each neuron in the order, by flat index. */
  places: Uint32Array;
}

const layers = viewed.layers;

function isRanking(body: RankingInfo | Job): body is RankingInfo {
  return 'signature' in body;
}

export const rankingLoad = new Resource<Ranked>(
  computed(() => {
    const [p, m, by] = [project.value, model.value, method.value];
    return p === null || m === null || by === null ? null : JSON.stringify([p.id, m.name, by.name, layers.value]);
  }),
  async (signal, key) => {
    const [id, name, by, among] = JSON.parse(key) as [string, string, string, string[]];
    const { status, body } = await askWithStatus<RankingInfo | Job>(inProject(id, 'rankings'), {
      body: { model: name, method: by, layers: among.length === 0 ? null : among },
      signal,
    });
    if (status === 202 || !isRanking(body)) throw new WaitFor(body.id);
    const frame = await askFrame(inProject(id, `rankings/${encodeURIComponent(body.id)}/order`), { signal });
    const order = frame.arrays.order?.values ?? new Uint32Array();
    const places = new Uint32Array(order.length);
    for (let place = 0; place < order.length; place++) places[order[place] ?? 0] = place;
    return { info: body, order, scores: frame.arrays.scores?.values ?? new Float32Array(), places };
  },
);

export const ranked = computed<Ranked | null>(() => rankingLoad.load.value.value);

const rankedLayers = computed<LayerInfo[]>(() => ranked.value?.info.layers ?? []);

/** The neuron at a place of the ranking. */
export function neuronAtPlace(of: Ranked, place: number): string {
  return neuronAt(of.info.layers, of.order[place] ?? 0);
}

/** The place of a neuron in the ranking, -1 if it is not ranked. */
export function placeOf(of: Ranked, address: string): number {
  const flat = indexOf(of.info.layers, address);
  return flat < 0 ? -1 : (of.places[flat] ?? -1);
}

/** The neuron looked at: the chosen one, else a known-good one, else the best of the ranking. */
export const focus = computed<string>(() => {
  const chosen = viewed.focus.value;
  if (chosen !== '') return chosen;
  const note = notes.value[0]?.address;
  if (note !== undefined) return note;
  const now = ranked.value;
  return now !== null && now.info.model === model.value?.name && now.order.length > 0 ? neuronAtPlace(now, 0) : '';
});

/** Go to the next or the previous neuron of the ranking. */
export function stepNeuron(by: number): void {
  const now = ranked.peek();
  if (now === null || now.order.length === 0) return;
  const at = placeOf(now, focus.peek());
  const next = at < 0 ? 0 : Math.max(0, Math.min(now.order.length - 1, at + by));
  focusOn(neuronAtPlace(now, next));
}

/** Where the ranking can be downloaded. */
export const exportPath = computed(() => {
  const [p, now] = [project.value, ranked.value];
  return p === null || now === null ? null : inProject(p.id, `rankings/${encodeURIComponent(now.info.id)}/export`);
});

export { rankedLayers };
