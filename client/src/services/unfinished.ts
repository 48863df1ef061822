/** The ranking on the screen while it is being made: its first neurons, as far as they are known. */
import { computed } from '@preact/signals';
import type { Job, RankingPreview } from '../api/types';
import { isFinal } from '../lib/jobs';
import { neuronAt } from '../lib/address';
import type { Sort } from '../lib/view';
import { jobById } from './jobs';
import { rankingLoad } from './ranking';
import { rankingOf } from './rankings';

export interface Unfinished {
  job: Job;
  preview: RankingPreview | null;
}

/** The job that makes the ranking on the screen; null if none does. */
export const unfinished = computed<Unfinished | null>(() => {
  const load = rankingLoad.load.value;
  const job = load.state === 'waiting' && load.job !== null ? jobById(load.job) : undefined;
  if (job === undefined || rankingOf(job) === '' || isFinal(job)) return null;
  return { job, preview: (job.result as { preview: RankingPreview | null }).preview };
});

/** Why the ranking on the screen was not made, if its job did not end well. */
export const unmade = computed<Job | null>(() => {
  const { state, error } = rankingLoad.load.value;
  const job = state === 'error' && error?.code === 'job' && error.job !== null ? jobById(error.job) : undefined;
  return job?.kind === 'rank' ? job : null;
});

export interface FirstNeuron {
  place: number;
  address: string;
  score: number;
}

/** The first neurons of the whole ranking or of a label, of all layers or of one. */
export function firstNeurons(preview: RankingPreview, label: string, only: string, sort: Sort): FirstNeuron[] {
  const of = preview.labels[label] ?? preview;
  const all = of.order.map((flat, place) => ({ place: place + 1, address: neuronAt(preview.layers, flat), score: of.scores[place] ?? NaN }));
  const some = only === '' ? all : all.filter((n) => n.address.startsWith(`${only}[`));
  return sort === 'worst' ? some.reverse() : sort === 'address' ? some.sort((a, b) => compare(a, b, preview)) : some;
}

function compare(a: FirstNeuron, b: FirstNeuron, preview: RankingPreview): number {
  const place = ({ address }: FirstNeuron) => {
    const at = address.indexOf('[');
    return preview.layers.findIndex((l) => l.address === address.slice(0, at)) * 1e9 + Number(address.slice(at + 1, -1));
  };
  return place(a) - place(b);
}
