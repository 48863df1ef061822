/** The projects of the server, and the making of a new one. */
import { computed, signal } from '@preact/signals';
import { ask, type ApiError } from '../api/client';
import type { CheckResult, Job, NewProject, ProjectList, ProjectSummary } from '../api/types';
import { DEFAULT_VIEW } from '../lib/view';
import { findJob, jobById, takeJob } from './jobs';
import { say } from './notices';
import { asApiError, Resource } from './resource';
import { change } from './store';

const changes = signal(0);

export const projectsLoad = new Resource<ProjectList>(
  computed(() => `projects:${changes.value}`),
  async (stop) => ask<ProjectList>('projects', { signal: stop }),
);

/** Open another project: everything else in the view was about the old one. */
export function openProject(id: string): void {
  change({ ...DEFAULT_VIEW, project: id }, { push: true });
}

/** A model of the new project, with the job that looks into it. */
export interface Candidate {
  reference: string;
  job: string | null;
  error: ApiError | null;
}

export const title = signal('');
export const candidates = signal<readonly Candidate[]>([]);
export const ownText = signal(true);
export const sources = signal('');
export const references = signal('');
export const creationError = signal<ApiError | null>(null);
export const creating = signal(false);

export function candidateJob(one: Candidate): Job | undefined {
  return one.job === null ? undefined : jobById(one.job);
}

export function reportOf(one: Candidate): CheckResult | null {
  const job = candidateJob(one);
  return job?.kind === 'check' && job.state === 'done' ? (job.result as CheckResult | null) : null;
}

/** Whether a model is still being put to the laws; a check that was cancelled is not waited for. */
function checking(one: Candidate): boolean {
  if (one.job === null) return one.error === null;
  const state = candidateJob(one)?.state;
  return state === 'queued' || state === 'running';
}

/** Put a model on the list and have it checked. */
export async function addModel(reference: string): Promise<void> {
  const text = reference.trim();
  if (text === '' || candidates.peek().some((c) => c.reference === text)) return;
  candidates.value = [...candidates.peek(), { reference: text, job: null, error: null }];
  const put = (patch: Partial<Candidate>) => {
    candidates.value = candidates.peek().map((c) => (c.reference === text ? { ...c, ...patch } : c));
  };
  try {
    const job = await ask<Job>('check', { body: { model: text } });
    takeJob(job);
    put({ job: job.id });
    await findJob(job.id);
  } catch (error) {
    put({ error: asApiError(error) });
  }
}

export function dropModel(reference: string): void {
  candidates.value = candidates.peek().filter((c) => c.reference !== reference);
}

/** What keeps the project from being made; null if nothing does. */
export const lacking = computed<string | null>(() => {
  if (title.value.trim() === '') return 'Give the project a title.';
  if (candidates.value.length === 0) return 'Add a model.';
  if (candidates.value.some((c) => c.error !== null || candidateJob(c)?.state === 'failed')) return 'Remove the model that cannot be opened.';
  if (candidates.value.some(checking)) return 'The models are being checked. Wait, or cancel a check to go on without it.';
  if (ownText.value && sources.value.trim() === '') return 'Give a text, or take the demo\u2019s.';
  return null;
});

export async function createProject(): Promise<void> {
  if (lacking.peek() !== null || creating.peek()) return;
  creating.value = true;
  creationError.value = null;
  const own = ownText.peek();
  const body: NewProject = {
    title: title.peek().trim(), description: '', models: candidates.peek().map((c) => c.reference),
    sources: own ? sources.peek() : null,
    references: own && references.peek().trim() !== '' ? references.peek() : null,
  };
  try {
    const made = await ask<ProjectSummary>('projects', { body });
    changes.value++;
    [title.value, candidates.value, sources.value, references.value] = ['', [], '', ''];
    openProject(made.id);
    say(`Project ${made.title} made`);
  } catch (error) {
    creationError.value = asApiError(error);
  } finally {
    creating.value = false;
  }
}
