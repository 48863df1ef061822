/** Jobs: what the server is working on, and what it has finished. */
import { computed, signal } from '@preact/signals';
import { ApiError, ask } from '../api/client';
import type { Job } from '../api/types';
import { isFinal, mergeJob, mergeList } from '../lib/jobs';
import { notify, say } from './notices';

export const jobs = signal<readonly Job[]>([]);

export const activeJobs = computed(() => jobs.value.filter((job) => !isFinal(job)));

/** Events can be missed while the line is down, so unfinished jobs are asked after now and then. */
const ASK_EVERY = 3000;

export function jobById(id: string): Job | undefined {
  return jobs.value.find((job) => job.id === id);
}

/** Take in news of a job. */
export function takeJob(job: Job): void {
  const known = jobs.peek().find((j) => j.id === job.id);
  const next = mergeJob(jobs.peek(), job);
  if (next === jobs.peek()) return;
  jobs.value = next;
  if (known !== undefined && known.state !== job.state) say(`${job.title}: ${job.state}`);
}

export async function refreshJobs(): Promise<void> {
  try {
    const { jobs: list } = await ask<{ jobs: Job[] }>('jobs');
    jobs.value = mergeList(jobs.peek(), list);
  } catch {
    // The banner of the lost line says it already; the next round asks again.
  }
}

/** Look a job up that the list does not have yet. */
export async function findJob(id: string): Promise<void> {
  if (jobs.peek().some((job) => job.id === id)) return;
  takeJob(await ask<Job>(`jobs/${encodeURIComponent(id)}`));
}

/** Look up a job that the address names; one that is gone, as of a workspace that was emptied, is told and let go. */
export function findNamed(id: string, what: string, forget: () => void): void {
  findJob(id).catch((error: unknown) => {
    if (!(error instanceof ApiError) || error.status !== 404) return;  // The banner of the lost line says it.
    notify('warning', `${what} that this address names is gone from the server.`);
    forget();
  });
}

/** Jobs whose cancelling the server has not answered yet; it may be busy. */
const asked = signal<ReadonlySet<string>>(new Set());

/** Whether a job was told to stop and still runs. */
export function isCancelling(job: Job): boolean {
  return !isFinal(job) && (job.cancelling || asked.value.has(job.id));
}

export async function cancelJob(id: string): Promise<void> {
  asked.value = new Set(asked.peek()).add(id);
  try {
    takeJob(await ask<Job>(`jobs/${encodeURIComponent(id)}`, { method: 'DELETE' }));
  } catch (error) {
    notify('error', error instanceof ApiError ? error.message : String(error));
  } finally {
    const left = new Set(asked.peek());
    left.delete(id);
    asked.value = left;
  }
}

/** Load the list, and keep unfinished jobs fresh even if their events get lost. */
export function followJobs(): void {
  void refreshJobs();
  setInterval(() => {
    if (activeJobs.peek().length > 0) void refreshJobs();
  }, ASK_EVERY);
}
