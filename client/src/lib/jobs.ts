/** The list of jobs as news of them arrives, in whatever order. */
import type { Job } from '../api/types';

const FINAL: ReadonlySet<Job['state']> = new Set<Job['state']>(['done', 'failed', 'cancelled']);
const STAGE: Record<Job['state'], number> = { queued: 0, running: 1, done: 2, failed: 2, cancelled: 2 };

export function isFinal(job: Job): boolean {
  return FINAL.has(job.state);
}

/** Whether `next` tells something that is not older than what is known. */
function supersedes(known: Job, next: Job): boolean {
  if (STAGE[next.state] !== STAGE[known.state]) return STAGE[next.state] > STAGE[known.state];
  if (isFinal(known)) return false;
  if (next.done === known.done) return next.cancelling || !known.cancelling;
  return next.done > known.done;
}

/**
 * Take in one job. News can overtake each other (a socket event and the answer of a request), so a
 * finished job never runs again and a running one never goes back.
 */
export function mergeJob(jobs: readonly Job[], next: Job): Job[] {
  const at = jobs.findIndex((job) => job.id === next.id);
  const known = jobs[at];
  if (known === undefined) {
    const after = jobs.findIndex((job) => job.created <= next.created);
    return after < 0 ? [...jobs, next] : [...jobs.slice(0, after), next, ...jobs.slice(after)];
  }
  if (!supersedes(known, next)) return jobs as Job[];
  return jobs.map((job, i) => (i === at ? next : job));
}

/**
 * Take in the server's list. It holds the newest jobs only, so one that is missing there is kept:
 * the address may have asked for an older one by its name.
 */
export function mergeList(jobs: readonly Job[], list: readonly Job[]): Job[] {
  return list.reduce<Job[]>(mergeJob, [...jobs]);
}

/** Share of the work that is done, or null if nobody knows. */
export function share(job: Job): number | null {
  if (job.state === 'done') return 1;
  return job.total > 0 ? Math.min(1, job.done / job.total) : null;
}
