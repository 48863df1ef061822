/** The gender experiment: its sentences, and what came of them. */
import { computed } from '@preact/signals';
import { ask } from '../api/client';
import type { BiasCase, BiasMaterial, BiasRequest, BiasResult } from '../api/types';
import { choice, typed, words, type Kinds } from '../lib/filled';
import { Experiment } from './experiments';
import { Filled } from './filled';
import { model } from './project';
import { Resource } from './resource';
import { interventions } from './selection';
import { view, viewed } from './store';

export const bias = new Experiment<BiasResult>('gender', viewed.gender, 'bias');

/** Occupations and templates of the server. */
export const materialLoad = new Resource<BiasMaterial>(
  computed(() => (viewed.sheet.value === 'gender' ? 'bias' : null)),
  async (stop) => ask<BiasMaterial>('bias', { signal: stop }),
);

export type Sentences = 'templates' | 'own';

export interface BiasForm {
  kind: Sentences;
  /** What was typed; null where the server's own texts stand. */
  templates: string | null;
  occupations: string | null;
  sentences: string;
  /** Which sentences are listed. */
  which: Which;
}

const USUAL: BiasForm = { kind: 'templates', templates: null, occupations: null, sentences: '', which: 'all' };

const KINDS: Kinds<BiasForm> = {
  kind: choice<Sentences>(['templates', 'own']), templates: typed, occupations: typed, sentences: words, which: choice<Which>(['changed', 'wrong', 'all']),
};

export const form = new Filled('gender', KINDS, () => USUAL);

export function setForm(patch: Partial<BiasForm>): void {
  form.set(patch);
  bias.error.value = null;
}

export const templates = computed(() => form.value.templates ?? (materialLoad.load.value.value?.templates ?? []).join('\n'));
export const occupations = computed(() => form.value.occupations
  ?? Object.entries(materialLoad.load.value.value?.occupations ?? {}).map(([noun, gender]) => `${noun}, ${gender}`).join('\n'));

function lines(text: string): string[] {
  return text.split('\n').map((line) => line.trim()).filter((line) => line !== '');
}

/** `doctor, m`: nouns with their stereotype, or the first line that is something else. */
export function readOccupations(text: string): { found: Record<string, 'm' | 'f'> } | { wrong: string } {
  const found: Record<string, 'm' | 'f'> = {};
  for (const line of lines(text)) {
    const match = /^(.+?)[\s,;:]+([mf])$/i.exec(line);
    if (match?.[1] === undefined) return { wrong: line };
    found[match[1].trim()] = match[2]?.toLowerCase() === 'm' ? 'm' : 'f';
  }
  return { found };
}

/** What keeps the experiment from being asked for; null if nothing does. */
export const lacking = computed<string | null>(() => {
  const language = model.value?.target_language ?? '';
  const known = materialLoad.load.value.value?.languages ?? [];
  if (known.length > 0 && !known.includes(language.toLowerCase().slice(0, 2))) {
    return `The experiment reads determiners of ${known.join(', ')}; this model writes ${language}.`;
  }
  if (form.value.kind === 'own') return lines(form.value.sentences).length === 0 ? 'Type sentences, one a line, each with he or she.' : null;
  const read = readOccupations(occupations.value);
  if ('wrong' in read) return `"${read.wrong.slice(0, 60)}" should be a noun and m or f, such as: doctor, m`;
  const bad = lines(templates.value).find((t) => !t.includes('{noun}') || !t.includes('{pronoun}'));
  if (bad !== undefined) return `The template "${bad.slice(0, 60)}" needs {noun} and {pronoun}.`;
  return lines(templates.value).length === 0 || Object.keys(read.found).length === 0 ? 'Give a template and an occupation.' : null;
});

/** How many sentences there will be. */
export const planned = computed(() => {
  if (form.value.kind === 'own') return lines(form.value.sentences).length;
  const read = readOccupations(occupations.value);
  return 'wrong' in read ? 0 : 2 * lines(templates.value).length * Object.keys(read.found).length;
});

export async function startBias(): Promise<void> {
  const [m, now] = [model.peek(), form.peek()];
  if (m === null || lacking.peek() !== null) return;
  const own = now.kind === 'own';
  const read = now.occupations === null ? null : readOccupations(occupations.peek());
  const body: BiasRequest = {
    model: m.name, interventions: interventions.peek(), beams: view.peek().beams,
    occupations: read === null || 'wrong' in read ? null : read.found,
    templates: own ? [] : now.templates === null ? null : lines(templates.peek()),
    sentences: own ? lines(now.sentences) : [], limit: null,
  };
  await bias.start('bias', body);
}

/** Which sentences are listed. */
export type Which = 'changed' | 'wrong' | 'all';

export function listedCases(found: BiasResult, of: Which): BiasCase[] {
  if (of === 'changed') return found.cases.filter((c) => c.before !== c.after);
  if (of === 'wrong') return found.cases.filter((c) => c.found_after !== c.gold && c.found_after !== 'unknown');
  return [...found.cases];
}

export function followBias(): void {
  bias.follow();
  materialLoad.follow();
}
