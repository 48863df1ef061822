/**
 * The ranking on the screen: its order, and the part of it that is listed. A
 * ranking is either that of an analysis that needs nothing, made when it is looked at, or one that
 * was made before and has a name.
 */
import { computed } from '@preact/signals';
import { ApiError, ask, askFrame, askWithStatus } from '../api/client';
import type { Job, RankingInfo } from '../api/types';
import { indexOf, neuronAt } from '../lib/address';
import { listing } from '../lib/listing';
import { inProject, method, model, project } from './project';
import { Resource, WaitFor } from './resource';
import { notes } from './selection';
import { viewed } from './store';

export interface Ranked {
  info: RankingInfo;
  /** The label whose order this is; empty for the whole ranking. */
  label: string;
  /** Flat neuron indices, best first. */
  order: ArrayLike<number>;
  /** Score of each neuron by flat index. */
  scores: ArrayLike<number>;
  /** Place of each neuron in the order, by flat index. */
  places: Uint32Array;
}

const layers = viewed.layers;
const named = viewed.ranking;
const label = viewed.label;

function isRanking(body: RankingInfo | Job): body is RankingInfo {
  return 'signature' in body;
}

export const rankingLoad = new Resource<Ranked>(
  computed(() => {
    const [p, m, by] = [project.value, model.value, method.value];
    if (p === null || m === null || by === null) return null;
    if (named.value !== '') return JSON.stringify([p.id, named.value, label.value]);
    return JSON.stringify([p.id, m.name, by.name, layers.value]);
  }),
  async (signal, key) => {
    const parts = JSON.parse(key) as [string, string, string, string[]?];
    const [id, name, by, among] = parts;
    if (among === undefined) return byName(signal, id, name, by);
    const { status, body } = await askWithStatus<RankingInfo | Job>(inProject(id, 'rankings'), {
      body: { model: name, method: by, layers: among.length === 0 ? null : among },
      signal,
    });
    if (status === 202 || !isRanking(body)) throw new WaitFor(body.id);
    return ordered(signal, id, body, '');
  },
);

async function byName(signal: AbortSignal, id: string, ranking: string, of: string): Promise<Ranked> {
  try {
    const info = await ask<RankingInfo>(inProject(id, `rankings/${encodeURIComponent(ranking)}`), { signal });
    return await ordered(signal, id, info, of);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
    throw new ApiError(error.code, 'The ranking that this address names is gone from the server. Choose another one, or make it again.', 404);
  }
}

async function ordered(signal: AbortSignal, id: string, info: RankingInfo, of: string): Promise<Ranked> {
  const frame = await askFrame(orderPath(id, info.id, of), { signal });
  const order = frame.arrays.order?.values ?? new Uint32Array();
  const places = new Uint32Array(order.length);
  for (let place = 0; place < order.length; place++) places[order[place] ?? 0] = place;
  return { info, label: of, order, scores: frame.arrays.scores?.values ?? new Float32Array(), places };
}

/** Where order and scores of a ranking, or of one of its labels, come from. */
export function orderPath(id: string, ranking: string, of: string): string {
  const query = of === '' ? '' : `?label=${encodeURIComponent(of)}`;
  return inProject(id, `rankings/${encodeURIComponent(ranking)}/order${query}`);
}

export const ranked = computed<Ranked | null>(() => (rankingLoad.load.value.error === null ? rankingLoad.load.value.value : null));

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

/** The neurons that are listed: flat indices, limited to a layer and sorted as the view says. */
export const listed = computed<ArrayLike<number>>(() => {
  const now = ranked.value;
  return now === null ? [] : listing(now.order, now.info.layers, viewed.only.value, viewed.sort.value);
});

/** Where each listed neuron stands in the list, by flat index. */
const rows = computed(() => new Map(Array.from(listed.value, (flat, row) => [flat, row])));

/** The row of a neuron in the list, -1 if it is not listed. */
export function rowOf(of: Ranked, address: string): number {
  return rows.value.get(indexOf(of.info.layers, address)) ?? -1;
}

/** Where the ranking can be downloaded, without the format. */
export const exportPath = computed(() => {
  const [p, now] = [project.value, ranked.value];
  if (p === null || now === null) return null;
  const query = now.label === '' ? '' : `label=${encodeURIComponent(now.label)}&`;
  return `${inProject(p.id, `rankings/${encodeURIComponent(now.info.id)}/export`)}?${query}format=`;
});
