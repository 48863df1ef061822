/** Scoring the whole corpus, clean and changed: a job that can be cancelled and survives a reload. */
import { computed, effect, signal, untracked } from '@preact/signals';
import { ApiError, ask } from '../api/client';
import type { InterventionBody, Job, ScoreRequest, ScoreResult } from '../api/types';
import { findJob, jobById, takeJob } from './jobs';
import { inProject, model, project } from './project';
import { asApiError } from './resource';
import { interventions } from './selection';
import { change, view, viewed } from './store';

const shownJob = viewed.score;

export const scoreError = signal<ApiError | null>(null);
export const starting = signal(false);

/** The score job on the screen. */
export const scoreJob = computed<Job | null>(() => jobById(shownJob.value) ?? null);

export const scoreResult = computed<ScoreResult | null>(() => {
  const result = scoreJob.value?.result;
  return typeof result === 'object' && result !== null && 'parts' in result ? (result as ScoreResult) : null;
});

/** What the shown score was made with, so that the pane can say when it no longer fits. */
const madeWith = new Map<string, string>();

function settingOf(modelName: string, beams: number, applied: InterventionBody[]): string {
  return JSON.stringify([modelName, beams, applied]);
}

/** Whether the neurons have been changed since the shown score was started. */
export const outdated = computed(() => {
  const made = madeWith.get(shownJob.value);
  const now = settingOf(model.value?.name ?? '', viewed.beams.value, interventions.value);
  return scoreJob.value !== null && made !== undefined && made !== now;
});

export async function startScore(): Promise<void> {
  const [p, m] = [project.peek(), model.peek()];
  if (p === null || m === null || starting.peek()) return;
  starting.value = true;
  scoreError.value = null;
  const applied = interventions.peek();
  const body: ScoreRequest = { model: m.name, interventions: applied, beams: view.peek().beams, part: null };
  try {
    const job = await ask<Job>(inProject(p.id, 'score'), { body });
    madeWith.set(job.id, settingOf(m.name, body.beams, applied));
    takeJob(job);
    change({ score: job.id }, { push: true });
  } catch (error) {
    scoreError.value = asApiError(error);
  } finally {
    starting.value = false;
  }
}

export function dismissScoreError(): void {
  scoreError.value = null;
}

/** Find the job that the address names. */
export function followScore(): void {
  effect(() => {
    const id = shownJob.value;
    if (id === '') return;
    untracked(() => {
      findJob(id).catch((error: unknown) => {
        const found = asApiError(error);
        scoreError.value = found.status === 404
          ? new ApiError(found.code, 'The score that this address names is gone from the server. Score the corpus again.', 404)
          : found;
      });
    });
  });
}
