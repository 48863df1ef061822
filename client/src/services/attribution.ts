/** Who made this word, what would make another, where two runs part: questions and answers. */
import { computed, signal } from '@preact/signals';
import { ask, type ApiError } from '../api/client';
import type { AttributionRequest, AttributionResult, CompareRequest, CompareResult, FindResult, Job, TextView } from '../api/types';
import { jobById, takeJob } from './jobs';
import { inProject, model, project } from './project';
import { asApiError, Resource } from './resource';
import { currentItem, items, type PageItem } from './sentences';
import { viewed } from './store';
import { itemId, shown } from './translations';

export type Baseline = 'mean' | 'zero' | 'counterfactual';

/** The word of the translation, from 0; null before one is chosen. */
export const word = signal<number | null>(null);
export const alternative = signal('');
export const baseline = signal<Baseline>('mean');
export const counterfactual = signal('');

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
      model: m.name, text: now.source, target: now.view.text, word: i, alternative: other === '' ? null : other,
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

/** The search for neurons that would make another word, and the question it answers. */
export const search = signal<{ question: string; job: string } | null>(null);
export const searchError = signal<ApiError | null>(null);

function question(): { text: string; word: number; wanted: string } | null {
  const [now, i, wanted] = [asked.value, chosenWord.value, alternative.value.trim()];
  return now === null || i === null || wanted === '' ? null : { text: now.source, word: i, wanted };
}

/** What can be searched for now; null without a word and another one. */
export const searchable = computed(() => question());

export const searchJob = computed(() => {
  const [now, found] = [searchable.value, search.value];
  return now === null || found === null || found.question !== JSON.stringify(now) ? undefined : jobById(found.job);
});

export const searchResult = computed(() => {
  const job = searchJob.value;
  return job?.kind === 'find' && job.state === 'done' ? (job.result as FindResult | null) : null;
});

export async function startSearch(): Promise<void> {
  const [p, m, now] = [project.peek(), model.peek(), searchable.peek()];
  if (p === null || m === null || now === null) return;
  searchError.value = null;
  try {
    const job = await ask<Job>(inProject(p.id, 'find'), { body: { model: m.name, ...now, most: 10, bound: 3 } });
    takeJob(job);
    search.value = { question: JSON.stringify(now), job: job.id };
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
    return JSON.stringify([p.id, { model: m.name, text: now.source, counterfactual: other, neurons: 20 }]);
  }),
  async (stop, key) => {
    const [id, body] = JSON.parse(key) as [string, CompareRequest];
    return ask<CompareResult>(inProject(id, 'compare'), { body, signal: stop });
  },
);

export function followAttribution(): void {
  attributionLoad.follow();
  comparisonLoad.follow();
}
