/** Who made this word: the word asked about, and what the server found. */
import { computed, signal } from '@preact/signals';
import { ask } from '../api/client';
import type { AttributionRequest, AttributionResult, TextView } from '../api/types';
import { inProject, model, project } from './project';
import { Resource } from './resource';
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
