/** The project and the model that are open. */
import { computed, effect, untracked } from '@preact/signals';
import { ask } from '../api/client';
import type { Job, ModelInfo, Project, ProjectSummary, RankingMethod } from '../api/types';
import { layerOf } from '../lib/address';
import type { Problem } from '../lib/codec';
import { isReady } from '../lib/methods';
import { modelOf, settle } from '../lib/settle';
import { whyUnscorable } from '../lib/task';
import { DEFAULT_VIEW } from '../lib/view';
import { unknownEntries } from './filled';
import { takeJob } from './jobs';
import { notify } from './notices';
import { asApiError, Resource } from './resource';
import { change, problems, view, viewed } from './store';

const wanted = viewed.project;

/** The open project: the one that the address names, or the first that the server has. */
export const projectLoad = new Resource<Project>(
  computed(() => `project:${wanted.value}`),
  async (signal) => {
    let id = wanted.peek();
    if (id === '') {
      const { projects } = await ask<{ projects: ProjectSummary[] }>('projects', { signal });
      id = projects[0]?.id ?? '';
    }
    return ask<Project>(`projects/${encodeURIComponent(id)}`, { signal });
  },
);

export const project = computed<Project | null>(() => projectLoad.load.value.value);

/** What a model of the project is called on the page. */
export function titleOf(name: string): string {
  return project.value?.models.find((m) => m.name === name)?.title ?? name;
}

export const model = computed<ModelInfo | null>(() => {
  const open = project.value;
  return open === null ? null : (modelOf(open, viewed.model.value) ?? modelOf(open, '') ?? null);
});

/** Whether a translation model has only its own output to be recorded on: the text has no references. */
export const lacksReferences = computed(() => model.value?.task === 'translation' && project.value?.corpus.references === false);

/** Whether the corpus says what a model should give: references, or labels of a classifier. */
export const hasGold = computed(() => project.value?.corpus.references !== false);

/** Why the open model cannot be scored on the corpus, in words; null if it can. */
export const unscorable = computed<string | null>(() => {
  const [p, m] = [project.value, model.value];
  return p === null || m === null ? null : whyUnscorable(m.task, p.corpus.references);
});

/** The analysis shown when none was chosen: the one that needs no explanation. */
export const FIRST_METHOD = 'variance';

export const method = computed<RankingMethod | null>(() => {
  const methods = (project.value?.rankings ?? []).filter(isReady);
  const named = (name: string) => methods.find((m) => m.name === name);
  return named(viewed.method.value) ?? named(FIRST_METHOD) ?? methods[0] ?? null;
});

/** Path of a resource of the open project. */
export function inProject(id: string, path: string): string {
  return `projects/${encodeURIComponent(id)}/${path}`;
}

function report(found: Problem[]): void {
  for (const { key, value, wanted: right } of found) {
    notify('warning', `The address says ${key}=${value}, which is ignored here. It should be ${right}.`);
  }
}

/** Tell what the address that the page was opened with says of forms and comparisons that there are not. */
function reportStrayed(): void {
  const { filled, compared, comparedPair } = view.peek();
  const unknown = unknownEntries(filled);
  const outside = comparedPair.split('.').some((place) => Number(place) >= Math.max(2, compared.length));
  report([
    ...unknown.map((value) => ({ key: 'ff', value, wanted: 'a field of a form and a text that it takes' })),
    ...(outside ? [{ key: 'cp', value: comparedPair, wanted: 'two of the compared rankings, counted from 0' }] : []),
  ]);
  if (unknown.length > 0 || outside) {
    change({ filled: filled.filter((entry) => !unknown.includes(entry)), ...(outside ? { comparedPair: DEFAULT_VIEW.comparedPair } : {}) });
  }
}

/** Keep the view within what the project has, and tell what of the address was ignored. */
export function followProject(): void {
  effect(() => {
    report(problems.value);
  });
  reportStrayed();
  projectLoad.follow();
  effect(() => {
    for (const warning of project.value?.warnings ?? []) notify('warning', warning);
  });
  effect(() => {
    const open = project.value;
    const now = view.value;
    if (open === null) return;
    const settled = settle(now, open);
    if (settled.problems.length === 0) return;
    untracked(() => {
      report(settled.problems);
      change(settled.view);
    });
  });
}

/** Switch models. Selected neurons that the other model lacks go, with a notice. */
export function switchModel(name: string): void {
  const open = project.peek();
  const layers = open?.models.find((m) => m.name === name)?.layers ?? [];
  const now = view.peek();
  const kept = now.selected.filter((n) => layerOf(layers, n.address)?.scopes.includes(n.scope) === true);
  const lost = now.selected.filter((n) => !kept.includes(n)).map((n) => n.address);
  if (lost.length > 0) {
    notify('warning', `${name} does not have ${lost.slice(0, 3).join(', ')}${lost.length > 3 ? ` and ${lost.length - 3} more` : ''}: no longer selected. The back button returns to them.`);
  }
  change({
    model: name === open?.default_model ? '' : name, focus: '', score: '', selected: kept,
    ranking: '', label: '', compared: [], only: '', forced: '', attention: '',
    layersWith: now.layersWith === name ? '' : now.layersWith,
    layers: now.layers.filter((l) => layers.some((x) => x.address === l)),
  }, { push: true });
}

/** Start, or find, the job that records a model's activations, the open one's if none is named; its id. */
export async function startExtraction(name = ''): Promise<string | null> {
  const [p, m] = [project.peek(), name === '' ? model.peek()?.name : name];
  if (p === null || m === undefined) return null;
  try {
    const job = await ask<Job>(inProject(p.id, 'extract'), { body: { model: m } });
    takeJob(job);
    return job.id;
  } catch (error) {
    notify('error', asApiError(error).message);
    return null;
  }
}
