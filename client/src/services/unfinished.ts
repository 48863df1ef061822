/** The ranking on the screen while it is being made: its first neurons, as far as they are known. */
import { computed } from '@preact/signals';
import type { Job, RankingPreview } from '../api/types';
import { isFinal } from '../lib/jobs';
import { neuronAt } from '../lib/address';
import { jobById } from './jobs';
import { rankingLoad } from './ranking';
import { rankingOf } from './rankings';
import { viewed } from './store';

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

/** The first neurons of the whole ranking or of the label shown, of all layers or of one. */
export function firstNeurons(preview: RankingPreview): FirstNeuron[] {
  const of = preview.labels[viewed.label.value] ?? preview;
  const only = viewed.only.value;
  const all = of.order.map((flat, place) => ({ place: place + 1, address: neuronAt(preview.layers, flat), score: of.scores[place] ?? NaN }));
  const some = only === '' ? all : all.filter((n) => n.address.startsWith(`${only}[`));
  return viewed.sort.value === 'worst' ? some.reverse() : viewed.sort.value === 'address' ? some.sort((a, b) => compare(a, b, preview)) : some;
}

function compare(a: FirstNeuron, b: FirstNeuron, preview: RankingPreview): number {
  const place = ({ address }: FirstNeuron) => {
    const at = address.indexOf('[');
    return preview.layers.findIndex((l) => l.address === address.slice(0, at)) * 1e9 + Number(address.slice(at + 1, -1));
  };
  return place(a) - place(b);
}
