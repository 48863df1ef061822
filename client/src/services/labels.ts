/**
 * Labels that neurons, or sentences to try an edit on, can be limited to, and what each label says.
 * Neurons that read the source are limited by its words; the decoder of a translation model by the
 * words that it writes, whose labels are those of the same forms in the references.
 */
import { computed, signal } from '@preact/signals';
import { ask } from '../api/client';
import type { LabelBody, LabelInfo, LabelSource } from '../api/types';
import { stackOf } from '../lib/address';
import { inProject, model, project } from './project';
import { Resource } from './resource';
import { selected } from './selection';

export type Side = 'source' | 'reference';

/** Whether words of the source limit a neuron, or words that are written. */
export function sideOf(address: string): Side {
  return stackOf(address) === 'decoder' && model.value?.task === 'translation' ? 'reference' : 'source';
}

/** Counts up when labels were added or taken away. */
export const labelChanges = signal(0);

/** A label of words or sentences. */
export interface Label { side: Side; name: string }

/** The label that is chosen where an edit is tried; null for none. */
export const triedLabel = signal<Label | null>(null);
/** Whether an edit can be tried on the page as it is now. */
export const trying = signal(false);

type Names = Readonly<Record<Side, readonly LabelSource[]>>;

/** What labels the words of both sides; asked for when it can be chosen. */
const namesLoad = new Resource<Names>(
  computed(() => (project.value !== null && (trying.value || selected.value.length > 0) ? JSON.stringify([project.value.id, labelChanges.value]) : null)),
  async (stop, key) => {
    const [id] = JSON.parse(key) as [string];
    const of = async (side: Side) => (await ask<{ labels: LabelSource[] }>(inProject(id, `labels?side=${side}`), { signal: stop })).labels;
    const [source, reference] = await Promise.all([of('source'), of('reference')]);
    return { source, reference };
  },
);

/** A form has no place in a sentence, and every sentence has a first word. */
const PLACES = new Set(['position', 'length']);

function annotated(side: Side, from: Names): string[] {
  return from[side].filter((l) => l.kind === 'annotation').map((l) => l.name);
}

/** Names of the annotation that neurons of a side can be limited to. */
export function placeLabels(side: Side): string[] {
  const names = namesLoad.load.value.value;
  const all = names === null ? [] : annotated(side, names);
  return side === 'source' ? all : all.filter((name) => !PLACES.has(name));
}

/** The label that is offered first; '' if the side has none. */
export function firstLabel(side: Side): string {
  const known = namesLoad.load.value.value === null ? (project.value?.corpus.labels ?? []) : placeLabels(side);
  return known.includes('upos') ? 'upos' : (known[0] ?? '');
}

/** Labels by which sentences can be told apart: of words on either side, and of whole sentences. */
export const sentenceLabels = computed<{ words: Label[]; sentences: Label[] }>(() => {
  const names = namesLoad.load.value.value;
  if (names === null) return { words: [], sentences: [] };
  const words = (['source', 'reference'] as const).flatMap((side) => annotated(side, names).filter((n) => !PLACES.has(n)).map((name) => ({ side, name })));
  const sentences = names.source.filter((l) => l.kind === 'column').map((l) => ({ side: 'source' as const, name: l.name }));
  return { words, sentences };
});

/** Values of a label with how many words have each, most frequent first. */
export type LabelValues = readonly { name: string; words: number }[];

const used = computed<string | null>(() => {
  const p = project.value;
  const labels: Label[] = selected.value.flatMap((n) => (n.where === null || n.where.label === '' ? [] : [{ side: sideOf(n.address), name: n.where.label }]));
  if (triedLabel.value !== null) labels.push(triedLabel.value);
  const keys = [...new Set(labels.map(keyOf))].sort();
  return p === null || keys.length === 0 ? null : JSON.stringify([p.id, keys, labelChanges.value]);
});

const keyOf = ({ side, name }: Label) => `${side} ${name}`;
const known = new Map<string, LabelValues>();

async function valuesOf(id: string, label: string, stop: AbortSignal): Promise<LabelValues> {
  // After a change the same name may mean something else.
  const key = JSON.stringify([id, label, labelChanges.peek()]);
  const have = known.get(key);
  if (have !== undefined) return have;
  const [side, name] = [label.startsWith('source ') ? 'source' as const : 'reference' as const, label.slice(label.indexOf(' ') + 1)];
  const body: LabelBody = { name, side, classes: null, against: null, minimum: 1, rest: '', parameters: {} };
  const info = await ask<LabelInfo>(inProject(id, 'labels'), { body, signal: stop });
  const found = [...info.classes].sort((a, b) => b.words - a.words).map((c) => ({ name: c.name, words: c.words }));
  known.set(key, found);
  return found;
}

const valuesLoad = new Resource<ReadonlyMap<string, LabelValues>>(used, async (stop, key) => {
  const [id, labels] = JSON.parse(key) as [string, string[]];
  return new Map(await Promise.all(labels.map(async (label) => [label, await valuesOf(id, label, stop)] as const)));
});

/** Values of a label that is in use; null while they are on their way. */
export function labelValues(label: Label): LabelValues | null {
  return valuesLoad.load.value.value?.get(keyOf(label)) ?? null;
}

export function followLabels(): void {
  namesLoad.follow();
  valuesLoad.follow();
}
