/** Interventions in words: `encoder.1.rnn_hidden[3] set to 2 sd, at words with Tense=Past`. */
import type { InterventionBody } from '../api/types';
import { count, signed } from './format';
import type { Place } from './view';

/** Whether words of the source limit a neuron, or words that are written. */
type SideOf = (address: string) => 'source' | 'reference';

const reads: SideOf = () => 'source';

/** Where: at words that are read, or after words that are written; `at` says which. */
function saidPlace(place: Place | null, positions: readonly number[] | null, at: string): string {
  const parts = [];
  if (place !== null) {
    if (place.label !== '') parts.push(`${at} words with ${place.label}=${place.value}`);
    if (place.words.length > 0) parts.push(`${at} ${place.words.slice(0, 6).join(', ')}${place.words.length > 6 ? ' \u2026' : ''}`);
    if (place.pattern !== '') parts.push(`${at} words like /${place.pattern}/`);
  }
  if (positions !== null) parts.push(`at positions ${positions.slice(0, 8).join(', ')}${positions.length > 8 ? ' \u2026' : ''}`);
  return parts.join(', ');
}

/** A value in its unit: raw, standard deviations, or a percentile. */
export function saidValue(value: number, unit: InterventionBody['unit']): string {
  if (unit === 'percentile') return `percentile ${value}`;
  return unit === 'sigma' ? `${signed(value)} sd` : signed(value);
}

function saidOperation({ operation, value, unit }: InterventionBody): string {
  if (operation === 'zero') return 'zero';
  if (operation === 'mean') return 'its mean';
  if (operation === 'resample') return 'resampled';
  if (operation === 'patch') return 'patched: its values in another run';
  if (operation === 'scale') return `times ${value}`;
  return operation === 'add' ? `plus ${saidValue(value, unit)}` : `set to ${saidValue(value, unit)}`;
}

/** What is done, and where. */
export function saidEdit(edit: InterventionBody, sideOf: SideOf = reads): string {
  const at = sideOf(edit.neurons[0] ?? '') === 'source' ? 'at' : 'after writing';
  const where = saidPlace(edit.where, edit.positions, at);
  const scope = edit.scope === 'recurrence' ? ', in the recurrence' : '';
  return `${saidOperation(edit)}${where === '' ? '' : `, ${where}`}${scope}`;
}

/** Interventions that do the same to several neurons, as one line each, in their order. */
export function saidTogether(edits: readonly InterventionBody[], sideOf: SideOf = reads): { neurons: string[]; what: string }[] {
  const found = new Map<string, string[]>();
  for (const edit of edits) {
    const what = saidEdit(edit, sideOf);
    found.set(what, [...(found.get(what) ?? []), ...edit.neurons]);
  }
  return [...found].map(([what, neurons]) => ({ neurons, what }));
}

/** Neurons in a few words: one, a whole layer, or the first and how many more. */
export function saidNeurons(neurons: readonly string[], widthOf: (layer: string) => number | undefined): string {
  const [first = '', ...more] = neurons;
  if (more.length === 0) return first;
  const layer = first.slice(0, first.indexOf('['));
  const whole = new Set(neurons).size === widthOf(layer) && neurons.every((n) => n.startsWith(`${layer}[`));
  return whole ? `${layer}, all ${count(neurons.length)}` : `${first} and ${count(more.length)} more`;
}

const ABLATED: Readonly<Record<string, string>> = { zero: 'set to zero', mean: 'set to their mean', resample: 'resampled' };

/** What was done to neurons that were ablated. */
export function saidAblated(operation: string): string {
  return ABLATED[operation] ?? operation;
}
