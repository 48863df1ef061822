/** What is ablated and how: the form above the curves, kept in the address, and starting its job. */
import { computed, signal } from '@preact/signals';
import { ask, type ApiError } from '../api/client';
import type { AblationRequest, GroupsRequest, Job } from '../api/types';
import { layerOf } from '../lib/address';
import { choice, names, several, words, type Kinds } from '../lib/filled';
import { counted, unusual } from '../lib/metrics';
import { MAX_ABLATIONS } from '../lib/view';
import type { Direction } from './ablation';
import { Filled } from './filled';
import { takeJob } from './jobs';
import { inProject, model, project, unscorable } from './project';
import { ranked } from './ranking';
import { made } from './rankings';
import { asApiError } from './resource';
import { selected } from './selection';
import { change, view } from './store';

type Of = 'ranking' | 'selection' | GroupsRequest['groups'];

export interface AblationForm {
  /**
   * What is ablated: a ranking or the selected neurons, one after the other; or as a whole the
   * selected ones, all but them, each layer, or each head of a layer.
   */
  of: Of;
  /** Id of a ranking that was made; empty for the one on the screen. */
  ranking: string;
  /** Layer whose heads are ablated one by one; empty for the first that has heads. */
  headsOf: string;
  /** Layers that are ablated each as a whole; empty for all. */
  layers: string[];
  steps: '5' | '10' | '20' | '40' | 'adaptive';
  /** Neurons at most; empty for all. */
  most: string;
  directions: Direction[];
  operation: AblationRequest['operation'];
  scope: AblationRequest['scope'];
  /** Sentences of the corpus, the first so many; empty for all. */
  sentences: string;
  /** Scores by name; empty for the usual ones of the model. */
  metrics: string[];
}

const USUAL: AblationForm = {
  of: 'ranking', ranking: '', headsOf: '', layers: [], steps: '10', most: '', directions: ['top', 'bottom', 'random'], operation: 'zero',
  scope: 'output', sentences: '300', metrics: [],
};

const KINDS: Kinds<AblationForm> = {
  of: choice<Of>(['ranking', 'selection', 'these', 'others', 'layers', 'heads']), ranking: words, headsOf: words, layers: names,
  steps: choice(['5', '10', '20', '40', 'adaptive']), most: words, directions: several<Direction>(['top', 'bottom', 'random']),
  operation: choice(['zero', 'mean', 'resample']), scope: choice(['output', 'recurrence']), sentences: words, metrics: names,
};

export const form = new Filled('ablate', KINDS, () => USUAL);

export const ablationError = signal<ApiError | null>(null);
export const asking = signal(false);

export function setForm(patch: Partial<AblationForm>): void {
  form.set(patch);
  ablationError.value = null;
}

/** Whether groups are ablated as a whole, rather than neurons one after the other. */
export function isWhole(of: Of): of is GroupsRequest['groups'] {
  return of !== 'ranking' && of !== 'selection';
}

/** Layers that hold attention heads side by side. */
export const headLayers = computed<string[]>(() =>
  (model.value?.layers ?? []).map((l) => l.address).filter((a) => a.endsWith('_attn_heads')),
);

/** The ranking whose order is followed: the one that was named, or that on the screen. */
export const source = computed(() => {
  const now = ranked.value;
  const named = made.value.find((info) => info.id === form.value.ranking);
  if (named !== undefined) return { info: named, label: '' };
  return now === null ? null : { info: now.info, label: now.label };
});

const scored = computed(() => ({ all: model.value?.metrics ?? [], usual: model.value?.usual_metrics ?? [] }));

/** Scores that are counted. */
export const scores = computed<string[]>(() => counted(scored.value, form.value.metrics));

export function chooseScore(name: string, wanted: boolean): void {
  const chosen = scored.peek().all.filter((one) => (one === name ? wanted : scores.peek().includes(one)));
  setForm({ metrics: unusual(scored.peek(), chosen) ?? [] });
}

/** A whole number of at least so many; null for an empty field, undefined for anything else. */
export function wholeOf(text: string, least: number): number | null | undefined {
  if (text.trim() === '') return null;
  const found = Number(text);
  return Number.isInteger(found) && found >= least ? found : undefined;
}

/** Whether a layer's own recurrence can be ablated. */
export const recurrent = computed(() => {
  const layers = model.value?.layers ?? [];
  const within = (address: string) => layerOf(layers, address)?.scopes.includes('recurrence') === true;
  switch (form.value.of) {
    case 'ranking': return (source.value?.info.layers ?? []).some((l) => layers.some((x) => x.address === l.address && x.scopes.includes('recurrence')));
    case 'layers': return layers.some((l) => l.scopes.includes('recurrence'));
    case 'heads': return false;
    default: return selected.value.some((n) => within(n.address));
  }
});

/** What keeps the curves from being asked for, in words; null if nothing does. */
export const lacking = computed<string | null>(() => {
  const now = form.value;
  if (unscorable.value !== null) return unscorable.value;
  if (now.of === 'ranking' && source.value === null) return 'There is no ranking yet: make one, or wait until the one on the page is there.';
  if (now.of === 'heads' && headLayers.value.length === 0) return 'This model has no attention heads.';
  if (['selection', 'these', 'others'].includes(now.of) && selected.value.length === 0) return 'No neuron is selected: choose some on the page first.';
  if (!isWhole(now.of) && now.directions.length === 0) return 'Choose at least one order.';
  if (!isWhole(now.of) && wholeOf(now.most, 1) === undefined) return 'Up to: a whole number of neurons, or nothing for all.';
  if (wholeOf(now.sentences, 10) === undefined) return 'Sentences: a whole number of at least 10, or nothing for all.';
  return null;
});

function groupsBody(modelName: string): GroupsRequest | null {
  const { of, operation, scope, sentences, layers, headsOf } = form.peek();
  if (!isWhole(of)) return null;
  const neurons = of === 'these' || of === 'others' ? selected.peek().map((n) => n.address) : [];
  const heads = headLayers.peek().includes(headsOf) ? [headsOf] : headLayers.peek().slice(0, 1);
  return {
    model: modelName, groups: of, neurons, layers: of === 'heads' ? heads : of === 'layers' ? layers : [],
    operation, scope: recurrent.peek() ? scope : 'output', beams: view.peek().beams, part: null, sentences: wholeOf(sentences, 10) ?? null, metrics: unusual(scored.peek(), scores.peek()),
  };
}

function body(modelName: string): AblationRequest | null {
  const { of, most, sentences, steps, directions, operation, scope } = form.peek();
  const by = source.peek();
  const base = {
    model: modelName, steps: steps === 'adaptive' ? steps : Number(steps), directions, operation, scope: recurrent.peek() ? scope : 'output' as const,
    orders: 5, beams: view.peek().beams, part: null, workers: 1, metrics: unusual(scored.peek(), scores.peek()), sentences: wholeOf(sentences, 10) ?? null,
  };
  if (of === 'selection') return { ...base, neurons: selected.peek().map((n) => n.address), ranking: null, label: null, most: null };
  if (by === null) return null;
  return { ...base, ranking: by.info.id, label: by.label === '' ? null : by.label, neurons: null, most: steps === 'adaptive' ? null : (wholeOf(most, 1) ?? null) };
}

export async function startAblation(): Promise<void> {
  const [p, m] = [project.peek(), model.peek()];
  if (p === null || m === null || asking.peek() || lacking.peek() !== null) return;
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
