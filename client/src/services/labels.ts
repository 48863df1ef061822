/** Labels of source words that neurons can be limited to, and what each label says. */
import { computed } from '@preact/signals';
import { ask } from '../api/client';
import type { LabelBody, LabelInfo, LabelSource } from '../api/types';
import { inProject, project } from './project';
import { Resource } from './resource';
import { selected } from './selection';

/** Names of the annotation of the corpus's sources; asked for when one is in use. */
const namesLoad = new Resource<string[]>(
  computed(() => (selected.value.some((n) => n.where !== null && n.where.label !== '') ? (project.value?.id ?? null) : null)),
  async (stop, id) => {
    const { labels } = await ask<{ labels: LabelSource[] }>(inProject(id, 'labels?side=source'), { signal: stop });
    return labels.filter((l) => l.kind === 'annotation').map((l) => l.name);
  },
);

export const placeLabels = computed<string[]>(() => namesLoad.load.value.value ?? []);

/** The label that is offered first; '' if the corpus has none. */
export const firstLabel = computed<string>(() => {
  const all = project.value?.corpus.labels ?? [];
  return all.includes('upos') ? 'upos' : (all[0] ?? '');
});

/** Values of a label with how many words have each, most frequent first. */
export type LabelValues = readonly { name: string; words: number }[];

const used = computed<string | null>(() => {
  const p = project.value;
  const names = [...new Set(selected.value.flatMap((n) => (n.where === null || n.where.label === '' ? [] : [n.where.label])))].sort();
  return p === null || names.length === 0 ? null : JSON.stringify([p.id, names]);
});

const known = new Map<string, LabelValues>();

async function valuesOf(id: string, name: string, stop: AbortSignal): Promise<LabelValues> {
  const key = JSON.stringify([id, name]);
  const have = known.get(key);
  if (have !== undefined) return have;
  const body: LabelBody = { name, side: 'source', classes: null, against: null, minimum: 1, rest: '', parameters: {} };
  const info = await ask<LabelInfo>(inProject(id, 'labels'), { body, signal: stop });
  const found = [...info.classes].sort((a, b) => b.words - a.words).map((c) => ({ name: c.name, words: c.words }));
  known.set(key, found);
  return found;
}

const valuesLoad = new Resource<ReadonlyMap<string, LabelValues>>(used, async (stop, key) => {
  const [id, names] = JSON.parse(key) as [string, string[]];
  return new Map(await Promise.all(names.map(async (name) => [name, await valuesOf(id, name, stop)] as const)));
});

/** Values of the labels that are in use. */
export const labelValues = computed<ReadonlyMap<string, LabelValues>>(() => valuesLoad.load.value.value ?? new Map<string, LabelValues>());

export function followLabels(): void {
  namesLoad.follow();
  valuesLoad.follow();
}
