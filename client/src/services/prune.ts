/** Smaller models: what is taken out by which ranking, and opening what was made. */
import { computed, signal } from '@preact/signals';
import { ask, type ApiError } from '../api/client';
import type { OpenedModel, PruneRequest, PruneResult } from '../api/types';
import { between, choice, flag, words, type Kinds } from '../lib/filled';
import { Experiment } from './experiments';
import { Filled } from './filled';
import { say } from './notices';
import { inProject, model, project, projectLoad, switchModel, unscorable } from './project';
import { ranked } from './ranking';
import { made } from './rankings';
import { asApiError } from './resource';
import { change, view, viewed } from './store';

export const pruning = new Experiment<PruneResult>('pruned', viewed.pruned, 'prune');

export interface PruneForm {
  /** A ranking's id; empty for the one on the screen, `weights` for the size of the weights. */
  ranking: string;
  share: number;
  kind: PruneRequest['kind'];
  score: boolean;
  part: string;
}

const USUAL: PruneForm = { ranking: '', share: 0.2, kind: 'any', score: true, part: '' };

const FIELDS: Kinds<PruneForm> = {
  ranking: words, share: between(0.001, 0.999), kind: choice<PruneForm['kind']>(['any', 'recurrent', 'feed_forward', 'heads']), score: flag, part: words,
};

export const form = new Filled('prune', FIELDS, () => USUAL);

export function setForm(patch: Partial<PruneForm>): void {
  form.set(patch);
  pruning.error.value = null;
}

/** The ranking that is used: that on the screen, with its label, or another that was made. */
export const source = computed(() => {
  const now = ranked.value;
  const named = made.value.find((info) => info.id === form.value.ranking);
  if (named !== undefined && named.id !== now?.info.id) return { info: named, label: '' };
  return now === null ? null : { info: now.info, label: now.label };
});

const SITES = { recurrent: 'rnn_hidden', feed_forward: 'ffn_act', heads: '_heads' } as const;
export const KINDS: readonly (readonly [PruneForm['kind'], string])[] = [
  ['any', 'whatever the ranking has'], ['recurrent', 'recurrent units'], ['feed_forward', 'feed-forward units'], ['heads', 'attention heads'],
];

/** Kinds of units that can be taken out of the model. */
export const kinds = computed(() => KINDS.filter(([kind]) => kind === 'any' || model.value?.prunable.includes(kind) === true));

/** Layers of the ranking whose units can be taken out, with how many would go. */
export const going = computed(() => {
  if (weighed.value) return [];
  const sites = form.value.kind === 'any' ? (model.value?.prunable ?? []).map((kind) => SITES[kind]) : [SITES[form.value.kind]];
  return (source.value?.info.layers ?? []).filter((l) => sites.some((s) => l.address.includes(s))).map((l) => ({ address: l.address, width: l.width, drop: Math.round(l.width * form.value.share) }));
});

/** Units that can be ordered by their weights; null if the model has none. */
export const byWeights = computed<readonly PruneForm['kind'][]>(() => kinds.value.flatMap(([kind]) => (kind === 'feed_forward' || kind === 'heads' ? [kind] : [])));

export const weighed = computed(() => form.value.ranking === 'weights' && byWeights.value.length > 0);

export const lacking = computed<string | null>(() => {
  if (model.value?.prunable.length === 0) return model.value.unprunable;
  // Where there is but one kind, it need not be named.
  const settled = byWeights.value.includes(form.value.kind) || (form.value.kind === 'any' && byWeights.value.length === 1);
  if (weighed.value) return settled ? null : `Choose ${byWeights.value.map((kind) => KINDS.find(([name]) => name === kind)?.[1]).join(' or ')}: weights order those.`;
  if (source.value === null) return 'Make a ranking first.';
  if (going.value.length === 0) return 'This ranking has no units that can be taken out. Rank layers of recurrent units (rnn_hidden) or feed-forward units (ffn_act).';
  return null;
});

export async function startPruning(): Promise<void> {
  const [m, by, now] = [model.peek(), source.peek(), form.peek()];
  if (m === null || lacking.peek() !== null) return;
  const ranking = weighed.peek() || by === null ? { ranking: null, label: null } : { ranking: by.info.id, label: by.label === '' ? null : by.label };
  const body: PruneRequest = {
    model: m.name, ...ranking, share: now.share, kind: now.kind, score: now.score && unscorable.peek() === null,
    part: now.part === '' ? null : now.part, beams: view.peek().beams,
  };
  await pruning.start('prune', body);
}

export const openError = signal<ApiError | null>(null);
export const opening = signal(false);

/** Make the smaller model one of the project's and show it. */
export async function openPruned(job: string): Promise<void> {
  const p = project.peek();
  if (p === null || opening.peek()) return;
  opening.value = true;
  openError.value = null;
  try {
    const found = await ask<OpenedModel>(inProject(p.id, 'pruned'), { body: { job, title: null } });
    await reloaded();
    // Its units have other numbers, so what is selected does not mean the same there.
    change({ sheet: '', selected: [] }, { push: true });
    switchModel(found.name);
    say(`${found.title} opened`);
  } catch (error) {
    openError.value = asApiError(error);
  } finally {
    opening.value = false;
  }
}

/** Load the project again, with the model that it has now, however long that takes. */
async function reloaded(): Promise<void> {
  projectLoad.reload();
  while (projectLoad.load.peek().state === 'loading') await new Promise((again) => setTimeout(again, 50));
  const { error } = projectLoad.load.peek();
  if (error !== null) throw error;
}

/** Whether a smaller model is open already. */
export function isOpen(name: string): boolean {
  return project.value?.models.some((m) => m.name === name) === true;
}

/** Delete a smaller model. */
export async function removePruned(name: string): Promise<void> {
  const p = project.peek();
  if (p === null) return;
  openError.value = null;
  try {
    await ask(inProject(p.id, `pruned/${encodeURIComponent(name)}`), { method: 'DELETE' });
    if (model.peek()?.name === name) switchModel(p.default_model);
    projectLoad.reload();
    say('Smaller model deleted');
  } catch (error) {
    openError.value = asApiError(error);
  }
}

export function followPruning(): void {
  pruning.follow();
}
