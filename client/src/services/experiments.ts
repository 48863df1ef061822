/** What the experiments share: jobs of one kind that the address names, found again after a reload. */
import { computed, effect, signal, untracked, type ReadonlySignal } from '@preact/signals';
import { ask, type ApiError } from '../api/client';
import type { Job } from '../api/types';
import type { View } from '../lib/view';
import { findNamed, jobById, jobs, takeJob } from './jobs';
import { inProject, project } from './project';
import { asApiError } from './resource';
import { change, view } from './store';

type Named = 'control' | 'gender' | 'pruned';

export class Experiment<T> {
  readonly error = signal<ApiError | null>(null);
  readonly asking = signal(false);
  readonly job: ReadonlySignal<Job | undefined>;
  readonly result: ReadonlySignal<T | null>;
  /** Earlier runs of the open project, the newest first. */
  readonly runs: ReadonlySignal<readonly Job[]>;

  constructor(
    private readonly named: Named,
    private readonly id: ReadonlySignal<string>,
    kind: Job['kind'],
    private readonly patch: Partial<View> = {},
  ) {
    this.job = computed(() => {
      const found = id.value === '' ? undefined : jobById(id.value);
      return found?.kind === kind ? found : undefined;
    });
    this.result = computed(() => (this.job.value === undefined ? null : (this.job.value.result as T | null)));
    this.runs = computed(() => jobs.value.filter((j) => j.kind === kind && j.project === project.value?.id && (j.result !== null || j.state === 'running' || j.state === 'queued')));
  }

  async start(path: string, body: unknown): Promise<void> {
    const p = project.peek();
    if (p === null || this.asking.peek()) return;
    this.asking.value = true;
    this.error.value = null;
    try {
      const job = await ask<Job>(inProject(p.id, path), { body });
      takeJob(job);
      this.show(job.id);
    } catch (error) {
      this.error.value = asApiError(error);
    } finally {
      this.asking.value = false;
    }
  }

  /** Show a run, with what else of the view goes with it. */
  show(id: string, also: Partial<View> = {}): void {
    change({ [this.named]: id, ...this.patch, ...also }, { push: true });
  }

  /** Look the job up that the address names; one that is gone is no longer named. */
  follow(): void {
    effect(() => {
      const id = this.id.value;
      if (id === '') return;
      untracked(() => {
        findNamed(id, 'The run', () => {
          if (view.peek()[this.named] === id) change({ [this.named]: '', ...this.patch });
        });
      });
    });
  }
}
