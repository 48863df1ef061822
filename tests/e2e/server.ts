/** What tests ask of the server itself, to begin from a state that they know. */
import type { APIRequestContext } from '@playwright/test';

export interface Job {
  id: string;
  state: string;
  error: { message: string } | null;
}

/** A server that is busy may close a line that rested just when it is used again; all of this can be asked twice. */
export const AGAIN = { maxRetries: 3 };

/** Start a job, or find it, and wait until it is done; it must be in ten minutes. */
export async function done(api: APIRequestContext, path: string, data: object): Promise<void> {
  const answer = await api.post(path, { data, ...AGAIN });
  if (!answer.ok()) throw new Error(`${path}: ${await answer.text()}`);
  let job = (await answer.json()) as Job;
  const end = Date.now() + 10 * 60_000;
  while (job.state !== 'done') {
    if (job.state === 'failed' || job.state === 'cancelled' || Date.now() > end) {
      throw new Error(`${path}: the job is ${job.state}. ${job.error?.message ?? ''}`);
    }
    await new Promise((again) => setTimeout(again, 500));
    job = (await (await api.get(`/api/v1/jobs/${job.id}`, AGAIN)).json()) as Job;
  }
}

/** Have the neurons of a stack named, which the server does by itself when it has time for it. */
export async function named(api: APIRequestContext, stack: 'encoder' | 'decoder'): Promise<void> {
  await done(api, '/api/v1/projects/demo/concepts', { model: 'lstm-a', stack });
}
