/**
 * Something loaded from the server for a key that follows the view. The newest key wins: a request
 * that was overtaken is aborted and its answer dropped. The old value stays while the next one
 * loads, so that a pane can grey it instead of going blank. If the server says that a job has to
 * end first, the resource waits for that job and asks again.
 */
import { effect, signal, untracked, type ReadonlySignal } from '@preact/signals';
import { ApiError, isAbort } from '../api/client';
import { isFinal } from '../lib/jobs';
import { reconnections } from './connection';
import { activeJobs, findJob, jobById } from './jobs';

export type LoadState = 'idle' | 'loading' | 'ready' | 'waiting' | 'error';

export interface Load<T> {
  state: LoadState;
  value: T | null;
  /** The key that `value` belongs to. */
  of: string | null;
  error: ApiError | null;
  /** The job that is waited for. */
  job: string | null;
}

export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError('page', error instanceof Error ? error.message : String(error), 0);
}

/** Thrown by a loader that was told to wait for a job. */
export class WaitFor extends Error {
  constructor(readonly job: string) {
    super(`Waiting for job ${job}`);
  }
}

export class Resource<T> {
  readonly load = signal<Load<T>>({ state: 'idle', value: null, of: null, error: null, job: null });
  private controller: AbortController | null = null;
  private waited: string | null = null;
  /** Recordings that were begun while this had nothing to show without one. */
  private readonly heard = new Set<string>();

  /**
   * @param key what to load, as a string; null for nothing
   * @param fetcher asks the server; throws WaitFor or an ApiError with a job to wait
   */
  constructor(
    private readonly key: ReadonlySignal<string | null>,
    private readonly fetcher: (signal: AbortSignal, key: string) => Promise<T>,
  ) {}

  /** Begin to follow the key. Called once, when the page starts. */
  follow(): void {
    effect(() => {
      const key = this.key.value;
      untracked(() => {
        void this.fetch(key);
      });
    });
    effect(() => {
      const { job, state } = this.load.value;
      if (state !== 'waiting' || job === null) return;
      const known = jobById(job);
      if (known === undefined) {
        untracked(() => {
          findJob(job).catch((error: unknown) => {
            this.failed(asApiError(error));
          });
        });
      } else if (known.state === 'done') {
        untracked(() => {
          this.waited = job;
          this.reload();
        });
      } else if (isFinal(known)) {
        const said = known.error?.message ?? `The job that prepares this was ${known.state}.`;
        untracked(() => {
          this.failed(new ApiError('job', said, 0, null, job));
        });
      }
    });
    effect(() => {
      // Somebody has agreed to record, or begun again what failed, here or elsewhere; the server
      // says whether it is of use here.
      const { error } = this.load.value;
      const lacks = error?.code === 'unrecorded' || (error?.code === 'job' && jobById(error.job ?? '')?.kind === 'extract');
      if (!lacks) return;
      const begun = activeJobs.value.filter((job) => job.kind === 'extract' && !this.heard.has(job.id));
      for (const job of begun) this.heard.add(job.id);
      if (begun.length > 0) {
        untracked(() => {
          this.reload();
        });
      }
    });
    effect(() => {
      if (reconnections.value > 0 && untracked(() => this.load.value.error?.code === 'unreachable')) {
        untracked(() => {
          this.reload();
        });
      }
    });
  }

  reload(): void {
    void this.fetch(this.key.peek());
  }

  /** Show a job that was started to mend this, and load when it is done. */
  waitFor(job: string): void {
    this.giveUp();
    this.load.value = { ...this.load.peek(), state: 'waiting', error: null, job };
  }

  /** Abort what is under way; an answer that has come already, and is about to be taken, is dropped. */
  private giveUp(): void {
    this.controller?.abort();
    this.controller = null;
  }

  private failed(error: ApiError): void {
    this.load.value = { ...this.load.peek(), state: 'error', error, job: null };
  }

  private async fetch(key: string | null): Promise<void> {
    this.giveUp();
    if (key === null) {
      this.load.value = { state: 'idle', value: null, of: null, error: null, job: null };
      return;
    }
    const controller = new AbortController();
    this.controller = controller;
    this.load.value = { ...this.load.peek(), state: 'loading', error: null, job: null };
    try {
      const value = await this.fetcher(controller.signal, key);
      if (this.controller !== controller) return;
      this.waited = null;
      this.load.value = { state: 'ready', value, of: key, error: null, job: null };
    } catch (error) {
      if (this.controller !== controller || isAbort(error)) return;
      const job = error instanceof WaitFor ? error.job : error instanceof ApiError && error.code === 'not_ready' ? error.job : null;
      if (job === null || job === this.waited) {
        // Told to wait again for a job that has ended: asking on and on would help nobody.
        this.waited = null;
        this.failed(asApiError(error));
      } else this.load.value = { ...this.load.peek(), state: 'waiting', error: null, job };
    }
  }
}
