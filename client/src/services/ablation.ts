/** Ablation curves: jobs whose points appear as they are computed, several of them in one chart. */
import { computed, effect, signal, untracked } from '@preact/signals';
import { ask, type ApiError } from '../api/client';
import type { AblationRequest, AblationResult, GroupsRequest, GroupsResult, Job, KeptTranslations } from '../api/types';
import { MAX_ABLATIONS } from '../lib/view';
import { findJob, jobById, takeJob } from './jobs';
import { inProject, model, project } from './project';
import { ranked } from './ranking';
import { asApiError, Resource } from './resource';
import { selected } from './selection';
import { change, view, viewed } from './store';

export type Direction = 'top' | 'bottom' | 'random';

export interface AblationForm {
  /**
   * What is ablated: the ranking on the screen or the selected neurons, one after the other; or as a
   * whole the selected ones, all but them, each layer, or each head of a layer.
   */
  of: 'ranking' | 'selection' | GroupsRequest['groups'];
  /** Layer whose heads are ablated one by one; empty for the first that has heads. */
  headsOf: string;
  /** Layers that are ablated each as a whole; empty for all. */
  layer: string;
  steps: number | 'adaptive';
  /** Neurons at most; null for all. */
  most: number | null;
  directions: Direction[];
  operation: 'zero' | 'mean' | 'resample';
  scope: 'output' | 'recurrence';
  /** Sentences of the corpus; null for all. */
  sentences: number | null;
}

export const form = signal<AblationForm>({
  of: 'ranking', headsOf: '', layer: '', steps: 10, most: null, directions: ['top', 'bottom', 'random'], operation: 'zero', scope: 'output', sentences: 300,
});

export function setForm(patch: Partial<AblationForm>): void {
  form.value = { ...form.peek(), ...patch };
}

export const ablationError = signal<ApiError | null>(null);
export const asking = signal(false);

/** A job in the chart, with what it has found so far. */
export interface Drawn {
  id: string;
  job: Job | undefined;
  result: AblationResult | null;
  /** Of a job that ablates groups as a whole. */
  groups: GroupsResult | null;
}

export const drawn = computed<Drawn[]>(() =>
  viewed.ablations.value.map((id) => {
    const job = jobById(id);
    const result = job?.kind === 'ablate' ? (job.result as AblationResult | null) : null;
    const groups = job?.kind === 'groups' ? (job.result as GroupsResult | null) : null;
    return { id, job, result, groups };
  }),
);

/** Whether groups are ablated as a whole, rather than neurons one after the other. */
export function isWhole(of: AblationForm['of']): of is GroupsRequest['groups'] {
  return of !== 'ranking' && of !== 'selection';
}

/** Layers that hold attention heads side by side. */
export const headLayers = computed<string[]>(() =>
  (model.value?.layers ?? []).map((l) => l.address).filter((a) => a.endsWith('_attn_heads')),
);

function groupsBody(modelName: string): GroupsRequest | null {
  const { of, operation, scope, sentences, layer, headsOf } = form.peek();
  if (!isWhole(of)) return null;
  const neurons = of === 'these' || of === 'others' ? selected.peek().map((n) => n.address) : [];
  const heads = headsOf === '' ? headLayers.peek().slice(0, 1) : [headsOf];
  return {
    model: modelName, groups: of, neurons, layers: of === 'heads' ? heads : of === 'layers' && layer !== '' ? [layer] : [],
    operation, scope, beams: view.peek().beams, part: null, sentences,
  };
}

function body(modelName: string): AblationRequest | null {
  const { of, most, sentences, steps, directions, operation, scope } = form.peek();
  const info = ranked.peek();
  const names = selected.peek().map((n) => n.address);
  const base = { model: modelName, steps, directions, operation, scope, orders: 5, beams: view.peek().beams, part: null, workers: 1, sentences };
  if (of === 'selection') {
    return names.length === 0 ? null : { ...base, neurons: names, ranking: null, label: null, most: null };
  }
  if (info === null) return null;
  return { ...base, ranking: info.info.id, label: info.label === '' ? null : info.label, neurons: null, most: steps === 'adaptive' ? null : most };
}

export async function startAblation(): Promise<void> {
  const [p, m] = [project.peek(), model.peek()];
  if (p === null || m === null || asking.peek()) return;
  const whole = groupsBody(m.name);
  const wanted = whole ?? body(m.name);
  if (wanted === null) return;
  asking.value = true;
  ablationError.value = null;
  try {
    const job = await ask<Job>(inProject(p.id, whole === null ? 'ablate' : 'groups'), { body: wanted });
    takeJob(job);
    const others = view.peek().ablations.filter((id) => id !== job.id);
    change({ ablations: [...others, job.id].slice(-MAX_ABLATIONS) }, { push: true });
  } catch (error) {
    ablationError.value = asApiError(error);
  } finally {
    asking.value = false;
  }
}

export function dropAblation(id: string): void {
  change({ ablations: view.peek().ablations.filter((other) => other !== id) }, { push: true });
  if (chosen.peek()?.job === id) chosen.value = null;
}

/** A point of a curve whose translations are looked at. */
export interface Chosen {
  job: string;
  translations: string;
  title: string;
}

export const chosen = signal<Chosen | null>(null);

export const keptLoad = new Resource<KeptTranslations>(
  computed(() => {
    const [p, point] = [project.value, chosen.value];
    return p === null || point === null ? null : JSON.stringify([p.id, point.translations]);
  }),
  async (stop, key) => {
    const [id, name] = JSON.parse(key) as [string, string];
    return ask<KeptTranslations>(inProject(id, `kept?name=${encodeURIComponent(name)}&count=12`), { signal: stop });
  },
);

export function followAblations(): void {
  keptLoad.follow();
  effect(() => {
    for (const id of viewed.ablations.value) {
      untracked(() => {
        // A job of another server, or one that is long gone: its curve is taken out of the chart.
        findJob(id).catch(() => { dropAblation(id); });
      });
    }
  });
}
