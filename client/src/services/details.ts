/** What else an analysis found, how stable a ranking is, and how rankings and layers compare. */
import { computed, effect, signal, untracked } from '@preact/signals';
import { ask, askFrame, type ApiError } from '../api/client';
import type { AgreementInfo, Job, LayerInfo, RankingDetails, RankingInfo, SimilarityResult, StabilityResult } from '../api/types';
import type { FrameArray } from '../lib/frame';
import { filled } from '../lib/details';
import { isFinal } from '../lib/jobs';
import { readPart } from '../lib/methods';
import { findNamed, jobById, takeJob } from './jobs';
import { inProject, model, project } from './project';
import { orderPath, ranked } from './ranking';
import { made } from './rankings';
import { asApiError, Resource } from './resource';
import { change, viewed } from './store';

export interface Found {
  info: RankingInfo;
  label: string;
  /** The details with arrays in their places. */
  details: Record<string, unknown>;
}

async function detailsOf(stop: AbortSignal, projectId: string, id: string, label: string): Promise<Record<string, unknown>> {
  const query = label === '' ? '' : `?label=${encodeURIComponent(label)}`;
  const frame = await askFrame<RankingDetails>(inProject(projectId, `rankings/${encodeURIComponent(id)}/details${query}`), { signal: stop });
  return filled(frame.meta.details, frame.arrays as Record<string, FrameArray>) as Record<string, unknown>;
}

/** Details of the ranking on the screen; those of the whole ranking, whatever label is shown. */
export const detailsLoad = new Resource<Found>(
  computed(() => {
    const [p, now] = [project.value, ranked.value];
    return p === null || now === null || viewed.sheet.value !== 'details' ? null : JSON.stringify([p.id, now.info, '']);
  }),
  async (stop, key) => {
    const [id, info, label] = JSON.parse(key) as [string, RankingInfo, string];
    return { info, label, details: await detailsOf(stop, id, info.id, label) };
  },
);

/** A job that was started from a sheet, by what it is about. */
interface Started {
  about: string;
  job: string;
}

/** Where it is kept what was started: in the page's memory, or in the address. */
interface Place {
  get: () => Started | null;
  set: (now: Started) => void;
}

function remembered(): Place {
  const now = signal<Started | null>(null);
  return { get: () => now.value, set: (next) => { now.value = next; } };
}

/** Starts jobs of a kind; the one that was asked for last is shown, whichever answer comes first. */
export function starter<T>(kind: Job['kind'], place: Place = remembered()) {
  let newest = 0;
  const started = computed(place.get);
  const error = signal<ApiError | null>(null);
  const job = computed<Job | null>(() => (started.value === null ? null : (jobById(started.value.job) ?? null)));
  const result = computed<T | null>(() => {
    const now = job.value;
    // A job that is still at work, or was stopped, has what it found so far.
    return now?.kind === kind && now.state !== 'failed' ? (now.result as T | null) : null;
  });
  const start = async (about: string, path: string, body: unknown): Promise<void> => {
    const mine = ++newest;
    error.value = null;
    try {
      const found = await ask<Job>(path, { body });
      takeJob(found);
      if (mine === newest) place.set({ about, job: found.id });
    } catch (wrong) {
      if (mine === newest) error.value = asApiError(wrong);
    }
  };
  const running = computed(() => job.value !== null && !isFinal(job.value));
  return { started, error, job, result, start, running };
}

export const similarity = starter<SimilarityResult>('similarity');
/** Its job is in the address: what was found, or is being looked for, survives a reload. */
export const stability = starter<StabilityResult>('stability', {
  get: () => {
    const at = viewed.stable.value.indexOf(':');
    return at < 0 ? null : { about: viewed.stable.value.slice(0, at), job: viewed.stable.value.slice(at + 1) };
  },
  set: ({ about, job }) => { change({ stable: `${about}:${job}` }); },
});

export async function startStability(info: RankingInfo, resamples: number): Promise<void> {
  const p = project.peek();
  if (p === null) return;
  await stability.start(info.id, inProject(p.id, `rankings/${encodeURIComponent(info.id)}/stability`), { resamples, k: null });
}

type Stack = 'encoder' | 'decoder';

/** Stacks whose layers can be compared: those that both models have. */
export const comparedStacks = computed<Stack[]>(() => {
  const of = (name: string) => project.value?.models.find((m) => m.name === name)?.layers.map((l) => l.stack) ?? [];
  const [own, other] = [of(model.value?.name ?? ''), of(viewed.layersWith.value === '' ? (model.value?.name ?? '') : viewed.layersWith.value)];
  return (['encoder', 'decoder'] as const).filter((stack) => own.includes(stack) && other.includes(stack));
});

/** What is compared, as the address says: model, other model or null, stack. */
export const comparedLayers = computed<string>(() => {
  const { layersOf, layersWith } = viewed;
  const stack = comparedStacks.value.includes(layersOf.value) ? layersOf.value : (comparedStacks.value[0] ?? layersOf.value);
  return JSON.stringify([model.value?.name ?? '', layersWith.value === '' ? null : layersWith.value, stack]);
});

export async function startSimilarity(of: string): Promise<void> {
  const p = project.peek();
  if (p === null) return;
  const [name, other, stack] = JSON.parse(of) as [string, string | null, Stack];
  await similarity.start(of, inProject(p.id, 'similarity'), { model: name, other, stack, words: 'last' });
}

/** How many neurons count as the first; null for the server's choice. */
export const firstK = computed<number | null>(() => viewed.comparedFirst.value || null);

/** The compared rankings that are still there. */
export const compared = computed(() => {
  const ids = new Set(made.value.map((r) => r.id));
  return viewed.compared.value.filter((key) => ids.has(readPart(key).ranking));
});

export const agreementLoad = new Resource<AgreementInfo>(
  computed(() => {
    const p = project.value;
    if (p === null || viewed.sheet.value !== 'compare' || compared.value.length < 2) return null;
    return JSON.stringify([p.id, compared.value, firstK.value]);
  }),
  async (stop, key) => {
    const [id, keys, k] = JSON.parse(key) as [string, string[], number | null];
    return ask<AgreementInfo>(inProject(id, 'agreement'), { body: { rankings: keys.map(readPart), k }, signal: stop });
  },
);

/** Which two of the compared rankings the scatter shows: the first two, if those are not there. */
export const pair = computed<readonly [number, number]>(() => {
  const [a = 0, b = 1] = viewed.comparedPair.value.split('.').map(Number);
  return Math.max(a, b) < compared.value.length ? [a, b] : [0, 1];
});

export interface Scatter {
  layers: LayerInfo[];
  names: [string, string];
  /** Place of each neuron in the two rankings, from 0. */
  places: [Uint32Array, Uint32Array];
}

async function placesOf(stop: AbortSignal, id: string, key: string): Promise<Uint32Array> {
  const { ranking, label } = readPart(key);
  const frame = await askFrame(orderPath(id, ranking, label ?? ''), { signal: stop });
  const order = frame.arrays.order?.values ?? new Uint32Array();
  const places = new Uint32Array(order.length);
  for (let place = 0; place < order.length; place++) places[order[place] ?? 0] = place;
  return places;
}

export const scatterLoad = new Resource<Scatter>(
  computed(() => {
    const p = project.value;
    const [a, b] = [compared.value[pair.value[0]], compared.value[pair.value[1]]];
    // Only rankings that agreement could compare are of the same neurons.
    if (p === null || a === undefined || b === undefined || agreementLoad.load.value.value === null) return null;
    if (viewed.sheet.value !== 'compare') return null;
    return JSON.stringify([p.id, a, b]);
  }),
  async (stop, key) => {
    const [id, a, b] = JSON.parse(key) as [string, string, string];
    const info = made.peek().find((r) => r.id === readPart(a).ranking);
    const [x, y] = await Promise.all([placesOf(stop, id, a), placesOf(stop, id, b)]);
    return { layers: info?.layers ?? [], names: [a, b], places: [x, y] };
  },
);

export function followDetails(): void {
  effect(() => {
    const job = stability.started.value?.job;
    if (job === undefined || viewed.sheet.value !== 'details') return;
    untracked(() => {
      findNamed(job, 'The stability', () => { change({ stable: '' }); });
    });
  });
  detailsLoad.follow();
  agreementLoad.follow();
  scatterLoad.follow();
}
