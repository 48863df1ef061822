/** Who made this word, what would make another, where two runs part: questions and answers. */
import { computed, effect, signal, untracked } from '@preact/signals';
import { ask, type ApiError } from '../api/client';
import type { AttributionRequest, AttributionResult, CompareRequest, CompareResult, FindRequest, FindResult, Job, PatchRequest, PatchResult, Scope, TextView } from '../api/types';
import { readCell, writeCell, type Cell } from '../lib/patching';
import { MAX_CELLS, MAX_PATCHED, MAX_SELECTED, type Basis, type View } from '../lib/view';
import { counterpart } from './edits';
import { findNamed, jobById, takeJob } from './jobs';
import { notify } from './notices';
import { inProject, model, project } from './project';
import { asApiError, Resource } from './resource';
import { currentItem, items, type PageItem } from './sentences';
import { asSelected } from './selection';
import { change, view, viewed } from './store';
import { itemId, shown } from './translations';

/** The word of the translation, from 0; null before one is chosen. */
export const word = computed(() => (viewed.asked.value === '' ? null : Number(viewed.asked.value)));
export const alternative = viewed.instead;
export const baseline = viewed.basis;
export const counterfactual = viewed.versus;

/** Ask something else: what was marked or tried for the last question goes. */
export function askAbout(patch: Partial<Pick<View, 'asked' | 'instead' | 'basis' | 'versus'>>): void {
  const now = view.peek();
  if (Object.entries(patch).every(([key, value]) => now[key as keyof View] === value)) return;
  const other = patch.versus !== undefined && patch.versus !== now.versus;
  const question = patch.asked !== undefined || patch.instead !== undefined;
  if (question) searchError.value = null;  // It was about another word.
  change({ ...patch, ...(other ? { cells: [] } : {}), ...(question ? { trial: '', sought: '' } : {}) }, { push: true });
}

/** Ask about a word of a sentence's translation, whatever is shown. */
export function askWord(item: string, index: number): void {
  change({ item, asked: String(index), instead: '', trial: '', sought: '', sheet: 'why' }, { push: true });
}

/** A sentence that has a changed copy is compared with it unless another is named, and the copy with the sentence. */
export function setBasis(basis: Basis): void {
  const item = asked.peek()?.item;
  const other = item === undefined ? null : counterpart(item);
  const versus = basis === 'counterfactual' && view.peek().versus === '' ? (other?.item.text ?? '') : view.peek().versus;
  change({ basis, versus }, { push: true });
}

/** The sentence that the keyboard is on, with its clean translation. */
export const asked = computed<{ item: PageItem; source: string; view: TextView } | null>(() => {
  const item = items.value.find((i) => i.key === currentItem.value) ?? items.value[0];
  const now = item === undefined ? undefined : shown.value.get(itemId(item));
  if (item === undefined || now === undefined) return null;
  return { item, source: now.source.text, view: now.baseline.view };
});

/** The chosen word, if the translation is long enough to have it. */
export const chosenWord = computed(() => {
  const [i, view] = [word.value, asked.value?.view];
  return i === null || view === undefined || i >= view.words.length ? null : i;
});

export const attributionLoad = new Resource<AttributionResult>(
  computed(() => {
    const [p, m, now, i] = [project.value, model.value, asked.value, chosenWord.value];
    if (p === null || m === null || now === null || i === null || viewed.sheet.value !== 'why') return null;
    if (baseline.value === 'counterfactual' && counterfactual.value === '') return null;
    const other = alternative.value.trim();
    const body: AttributionRequest = {
      model: m.name, text: now.source, target: null, beams: viewed.beams.value, word: i, alternative: other === '' ? null : other,
      baseline: baseline.value, counterfactual: baseline.value === 'counterfactual' ? counterfactual.value : null,
      scope: 'output', verify: 20, count: 60,
    };
    return JSON.stringify([p.id, body]);
  }),
  async (stop, key) => {
    const [id, body] = JSON.parse(key) as [string, AttributionRequest];
    return ask<AttributionResult>(inProject(id, 'attribute'), { body, signal: stop });
  },
);

export const searchError = signal<ApiError | null>(null);

function question(): { text: string; word: number; wanted: string } | null {
  const [now, i, wanted] = [asked.value, chosenWord.value, alternative.value.trim()];
  return now === null || i === null || wanted === '' ? null : { text: now.source, word: i, wanted };
}

/** What can be searched for now; null without a word and another one. */
export const searchable = computed(() => question());

/** The job that searches for neurons that would make the other word. */
export const searchJob = computed(() => {
  const [now, job] = [searchable.value, jobById(viewed.sought.value)];
  if (now === null || job?.kind !== 'find') return undefined;
  const found = job.result as FindResult | null;
  return found === null || (found.source === now.text && found.wanted === now.wanted) ? job : undefined;
});

export const searchResult = computed(() => {
  const job = searchJob.value;
  return job?.kind === 'find' && job.state === 'done' ? (job.result as FindResult | null) : null;
});

interface Bounds {
  /** How many neurons a search may take, and how far from its mean each may go, in deviations. */
  most: number;
  bound: number;
  /** A layer; '' for all that read the source. */
  layer: string;
  scope: Scope;
}

export const bounds = signal<Bounds>({ most: 10, bound: 3, layer: '', scope: 'output' });

/** Layers that can be searched, by what of them is set; none where a model has no such scope. */
export function searchLayers(scope: Scope): string[] {
  return (model.value?.layers ?? []).filter((l) => l.scopes.includes(scope)).map((l) => l.address);
}

export function setBounds(patch: Partial<Bounds>): void {
  const { most, bound, layer, scope } = { ...bounds.peek(), ...patch };
  bounds.value = {
    layer: searchLayers(scope).includes(layer) ? layer : '', scope,
    most: Number.isFinite(most) ? Math.max(1, Math.min(50, Math.round(most))) : 10,
    bound: Number.isFinite(bound) ? Math.max(0.5, Math.min(10, bound)) : 3,
  };
}

/** Leave what was found, to search within other bounds. */
export function searchAgain(): void {
  change({ sought: '', trial: '' }, { push: true });
}

export async function startSearch(): Promise<void> {
  const [p, m, now] = [project.peek(), model.peek(), searchable.peek()];
  if (p === null || m === null || now === null) return;
  searchError.value = null;
  try {
    const { most, bound, layer, scope } = bounds.peek();
    // Another model may lack what was chosen.
    const known = searchLayers(scope);
    const body: FindRequest = {
      model: m.name, ...now, most, bound, layers: known.includes(layer) ? [layer] : null,
      scope: known.length > 0 ? scope : 'output', beams: view.peek().beams,
    };
    const job = await ask<Job>(inProject(p.id, 'find'), { body });
    takeJob(job);
    change({ sought: job.id, trial: '' }, { push: true });
  } catch (error) {
    searchError.value = asApiError(error);
  }
}

/** Where the translations of two sentences part, and which states carry the difference. */
export const comparisonLoad = new Resource<CompareResult>(
  computed(() => {
    const [p, m, now] = [project.value, model.value, asked.value];
    const other = counterfactual.value;
    if (p === null || m === null || now === null || other === '' || baseline.value !== 'counterfactual' || viewed.sheet.value !== 'why') return null;
    return JSON.stringify([p.id, { model: m.name, text: now.source, counterfactual: other, neurons: 20, beams: viewed.beams.value }]);
  }),
  async (stop, key) => {
    const [id, body] = JSON.parse(key) as [string, CompareRequest];
    return ask<CompareResult>(inProject(id, 'compare'), { body, signal: stop });
  },
);

/** Cells of the map that are marked. */
export const cells = computed<Cell[]>(() => viewed.cells.value.flatMap((text) => readCell(text) ?? []));

export function isMarked(cell: Cell): boolean {
  return viewed.cells.value.includes(writeCell(cell));
}

/** Mark a cell of the map, or no longer. */
export function markCell(cell: Cell): void {
  const [text, now] = [writeCell(cell), view.peek().cells];
  if (now.includes(text)) change({ cells: now.filter((c) => c !== text) });
  else if (now.length >= MAX_CELLS) notify('warning', `${MAX_CELLS} cells are marked, which is the most.`);
  else change({ cells: [...now, text] });
}

export function clearCells(): void {
  change({ cells: [] });
}

/** The marked cells as interventions, and the sentence under them. */
export const patchLoad = new Resource<PatchResult>(
  computed(() => {
    const [p, m, now, other] = [project.value, model.value, asked.value, counterfactual.value];
    if (p === null || m === null || now === null || other === '' || viewed.sheet.value !== 'why' || cells.value.length === 0) return null;
    return JSON.stringify([p.id, { model: m.name, text: now.source, counterfactual: other, cells: cells.value, beams: viewed.beams.value }]);
  }),
  async (stop, key) => {
    const [id, body] = JSON.parse(key) as [string, PatchRequest];
    return ask<PatchResult>(inProject(id, 'patch'), { body, signal: stop });
  },
);

/** Why a patch cannot be taken into the list of selected neurons; null if it can. */
export function tooLarge(found: PatchResult): string | null {
  const group = asSelected(found.interventions);
  if (new Set(group.map((n) => n.address)).size < group.length) return 'A neuron and its layer are both marked: keep them as a set';
  if (group.length > MAX_SELECTED) return `These are ${group.length} neurons; at most ${MAX_SELECTED} can be selected: keep them as a set`;
  const values = group.reduce((sum, n) => sum + (n.values?.length ?? 0), 0);
  return values > MAX_PATCHED ? 'These are too many values for the address: keep them as a set' : null;
}

export function followAttribution(): void {
  attributionLoad.follow();
  comparisonLoad.follow();
  patchLoad.follow();
  effect(() => {
    const id = viewed.sought.value;
    if (id !== '') untracked(() => {
      findNamed(id, 'The search', () => { if (view.peek().sought === id) change({ sought: '' }); });
    });
  });
}
