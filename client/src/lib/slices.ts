/** Labels, outcomes and words of the corpus sheet as the address holds them, and the order of slices. */
import type { LabelBody, LabelSource, MetricInfo, SliceInfo } from '../api/types';
import type { Value } from './methods';
import type { SliceSort } from './view';

export interface Sliced {
  name: string;
  side: 'source' | 'reference';
  parameters: Record<string, Value>;
}

/** `column:part`, `upos@reference`, `regular_expression?pattern=ing%24`. */
export function writeSliced({ name, side, parameters }: Sliced): string {
  const options = new URLSearchParams(Object.entries(parameters).map(([k, v]): [string, string] => [k, String(v)])).toString();
  return `${name}${side === 'reference' ? '@reference' : ''}${options === '' ? '' : `?${options}`}`;
}

/** Read what `writeSliced` wrote; options are as the label declares them. */
export function readSliced(text: string, declared: readonly LabelSource[]): Sliced | null {
  const [head = '', options = ''] = text.split(/\?(.*)/s);
  const side = head.endsWith('@reference') ? 'reference' : 'source';
  const name = side === 'reference' ? head.slice(0, -'@reference'.length) : head;
  const source = declared.find((l) => l.name === name);
  if (source === undefined) return null;
  const parameters: Record<string, Value> = {};
  for (const [key, value] of new URLSearchParams(options)) {
    const kind = source.parameters.find((p) => p.name === key)?.kind;
    if (kind === 'bool') parameters[key] = value === 'true';
    else if (kind === 'int' || kind === 'float') {
      if (value !== '' && Number.isFinite(Number(value))) parameters[key] = Number(value);
    } else if (kind !== undefined) parameters[key] = value;
  }
  return { name, side, parameters };
}

/** The label as the server takes it; a number is cut into ranges there. */
export function labelBody({ name, side, parameters }: Sliced): LabelBody {
  return { name, side, parameters, classes: null, against: null, minimum: 1, rest: '' };
}

export type OutcomeKind = 'contains' | 'gives' | 'changed' | 'reference' | 'label' | 'column';
const OUTCOMES: readonly OutcomeKind[] = ['contains', 'gives', 'changed', 'reference', 'label', 'column'];

/** Outcomes that a kind of model has, each with how it reads after "the translation", "what it gives" or "the text". */
export function outcomesOf(task: string | undefined): readonly (readonly [OutcomeKind, string])[] {
  const changed = ['changed', 'is changed by the interventions'] as const;
  const column = ['column', '(label of the sentence)'] as const;
  if (task === 'encoding') return [column];
  if (task === 'language-modelling') return [['gives', 'is predicted better than most, or not'], changed, column];
  if (task === 'classification' || task === 'token-classification') {
    return [['gives', '(which class)'], changed, ['contains', 'contains a class'], ['reference', 'is the gold label'], column];
  }
  return [changed, ['contains', 'contains a word'], ['reference', 'is the reference'], ['label', 'has words with a label'], column];
}

export interface Outcome {
  kind: OutcomeKind;
  name: string;
}

export function readOutcome(text: string): Outcome | null {
  const at = text.indexOf(':');
  const kind = OUTCOMES.find((k) => k === (at < 0 ? text : text.slice(0, at)));
  return kind === undefined ? null : { kind, name: at < 0 ? '' : text.slice(at + 1) };
}

export function writeOutcome({ kind, name }: Outcome): string {
  return name === '' ? kind : `${kind}:${name}`;
}

export interface Near {
  side: 'source' | 'target';
  word: number;
}

export function readNear(text: string): Near | null {
  const match = /^(source|target)\.(\d{1,5})$/.exec(text);
  return match === null ? null : { side: match[1] as Near['side'], word: Number(match[2]) };
}

/** Slices in the order that is asked for: most sentences, worst score, or largest loss first. */
export function sortSlices(slices: readonly SliceInfo[], sort: SliceSort, metric: Pick<MetricInfo, 'name' | 'higher_is_better'>): SliceInfo[] {
  const sign = metric.higher_is_better ? 1 : -1;
  const keys: Record<Exclude<SliceSort, 'label'>, (s: SliceInfo) => number> = {
    sentences: (s) => -s.sentences,
    score: (s) => sign * (s.metrics[metric.name]?.value ?? 0),
    difference: (s) => sign * (s.metrics[metric.name]?.difference ?? 0),
  };
  if (sort === 'label') return [...slices];
  const key = keys[sort];
  return [...slices].sort((a, b) => key(a) - key(b));
}
