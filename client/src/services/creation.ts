/** The projects of the server, and the making of a new one. */
import { computed, signal } from '@preact/signals';
import { ask, type ApiError } from '../api/client';
import type { CheckResult, Job, NewProject, ProjectList, ProjectSummary, RecordingCosts, RecordingRequest } from '../api/types';
import { DEFAULT_VIEW } from '../lib/view';
import { findJob, jobById, takeJob } from './jobs';
import { say } from './notices';
import { asApiError, Resource } from './resource';
import { change, viewed } from './store';

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

/** A text settles this long before it is asked what recording it takes. */
const SETTLES = 700;

/** What recording the models on the text will take; asked once the models are checked and there is a text. */
export const costLoad = new Resource<RecordingCosts>(
  computed(() => {
    const models = candidates.value;
    const text = !ownText.value || sources.value.trim() !== '';
    const open = viewed.sheet.value === 'project' && projectsLoad.load.value.value?.new === true;
    if (!open || !text || models.length === 0 || models.some((c) => reportOf(c) === null)) return null;
    return JSON.stringify(material());
  }),
  async (stop, key) => {
    await new Promise((rested) => setTimeout(rested, SETTLES));
    if (stop.aborted) throw new DOMException('overtaken', 'AbortError');
    return ask<RecordingCosts>('recording', { body: JSON.parse(key) as RecordingRequest, signal: stop });
  },
);

/** The models and the text as the server takes them. */
function material(): RecordingRequest {
  const own = ownText.value;
  return {
    models: candidates.value.map((c) => c.reference),
    sources: own ? sources.value : null,
    references: own && references.value.trim() !== '' ? references.value : null,
  };
}

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

/** Why a model cannot be recorded on the text, which a new project begins with; null if all can, or it is not known yet. */
export const refusal = computed<string | null>(() => {
  const { state, value } = costLoad.load.value;
  // Numbers of another text or model say nothing about this one.
  const found = state === 'ready' ? value?.models.find((m) => m.refused !== null) : undefined;
  if (found === undefined) return null;
  return candidates.value.length === 1 ? found.refused : `${found.title}: ${found.refused ?? ''}`;
});

/** What keeps the project from being made; null if nothing does. */
export const lacking = computed<string | null>(() => {
  if (title.value.trim() === '') return 'Give the project a title.';
  if (candidates.value.length === 0) return 'Add a model.';
  if (candidates.value.some((c) => c.error !== null || candidateJob(c)?.state === 'failed')) return 'Remove the model that cannot be opened.';
  if (candidates.value.some(checking)) return 'The models are being checked. Wait, or cancel a check to go on without it.';
  if (ownText.value && sources.value.trim() === '') return 'Give a text, or take the demo\u2019s.';
  return refusal.value;
});

export async function createProject(): Promise<void> {
  if (lacking.peek() !== null || creating.peek()) return;
  creating.value = true;
  creationError.value = null;
  const body: NewProject = { title: title.peek().trim(), description: '', ...material() };
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
