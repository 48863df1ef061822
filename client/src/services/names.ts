/** What neurons are: the concept that each answers to, found once for a stack by a job. */
import { computed, signal, effect, untracked } from '@preact/signals';
import { ask, askFrame, type ApiError } from '../api/client';
import type { ConceptsMeta, Job } from '../api/types';
import { indexOf, stackOf } from '../lib/address';
import { isFinal } from '../lib/jobs';
import { nameAt, type Names, type NeuronName } from '../lib/names';
import { findJob, jobById, jobs, takeJob } from './jobs';
import { labelChanges } from './labels';
import { inProject, model, project } from './project';
import { focus } from './ranking';
import { asApiError, Resource } from './resource';

type Stack = 'encoder' | 'decoder';

/** Counts up when neurons have been named. */
const changes = signal(0);
const stack = computed<Stack | null>(() => (focus.value === '' ? null : stackOf(focus.value)));
const started = signal<ReadonlyMap<string, string>>(new Map());
export const namingError = signal<ApiError | null>(null);

function keyOf(of: Stack): string {
  return `${project.value?.id ?? ''} ${model.value?.name ?? ''} ${of}`;
}

/**
 * Names of the neurons of the stack that is looked at; null while they have not been made. The
 * server has them made by itself when the activations are there; then there is a job.
 */
export const namesLoad = new Resource<{ names: Names | null; job: string | null }>(
  computed(() => {
    const [p, m] = [project.value, model.value];
    return p === null || m === null || stack.value === null ? null : JSON.stringify([p.id, m.name, stack.value, changes.value, labelChanges.value]);
  }),
  async (stop, key) => {
    const [id, name, of] = JSON.parse(key) as [string, string, Stack];
    const frame = await askFrame<ConceptsMeta>(inProject(id, `models/${encodeURIComponent(name)}/concepts?stack=${of}`), { signal: stop });
    const { job, made } = frame.meta;
    if (job !== null) await findJob(job);
    return { names: made ? { meta: frame.meta, arrays: frame.arrays } : null, job };
  },
);

/** What the neuron looked at is; undefined if the names are not there (yet). */
export const focusName = computed<NeuronName | undefined>(() => {
  const names = namesLoad.load.value.value?.names ?? null;
  if (names === null || names.meta.note !== '' || names.meta.model !== model.value?.name || names.meta.stack !== stack.value) return undefined;
  const flat = indexOf(names.meta.layers, focus.value);
  return flat < 0 ? undefined : nameAt(names, flat);
});

/** Why no neuron of the stack can be named; empty if they can. */
export const namingNote = computed(() => namesLoad.load.value.value?.names?.meta.note ?? '');

/** Labels that were added since the names were found, so that nothing is named by them. */
export const namesLack = computed<readonly string[]>(() => namesLoad.load.value.value?.names?.meta.lacks ?? []);

export const namingJob = computed<Job | null>(() => {
  const own = stack.value === null ? undefined : started.value.get(keyOf(stack.value));
  const id = own ?? namesLoad.load.value.value?.job ?? null;
  return id === null ? null : (jobById(id) ?? null);
});

/** Whether names could be made but are not there. */
export const unnamed = computed(() => {
  const load = namesLoad.load.value;
  return load.state === 'ready' && load.value?.names === null;
});

export async function startNaming(): Promise<void> {
  const [p, m, of] = [project.peek(), model.peek(), stack.peek()];
  if (p === null || m === null || of === null) return;
  namingError.value = null;
  try {
    const job = await ask<Job>(inProject(p.id, 'concepts'), { body: { model: m.name, stack: of } });
    takeJob(job);
    started.value = new Map([...started.peek(), [keyOf(of), job.id]]);
  } catch (error) {
    namingError.value = asApiError(error);
  }
}

export function followNames(): void {
  namesLoad.follow();
  const seen = new Set<string>();
  effect(() => {
    // Each is news twice: when the server begins it by itself, and when it has ended.
    const news = jobs.value.filter((j) => j.kind === 'concepts').map((j) => `${j.id} ${String(isFinal(j))}`).filter((k) => !seen.has(k));
    if (news.length === 0) return;
    for (const key of news) seen.add(key);
    untracked(() => {
      changes.value++;
    });
  });
}
