/** A neuron's slider: how far it goes, where its marks are, and its value in another unit. */
import type { Operation, Unit } from '../api/types';
import type { NeuronMoments } from './colour';
import { MAX_VALUE, type SelectedNeuron } from './view';

export interface Mark {
  value: number;
  label: string;
}

export interface SliderRange {
  minimum: number;
  maximum: number;
  step: number;
  marks: Mark[];
}

interface Known {
  mean: number;
  deviation: number;
  minimum: number;
  maximum: number;
}

/** Moments that a slider can be built on, or null. */
export function known(moments: NeuronMoments | null): Known | null {
  if (moments === null) return null;
  const { mean, deviation, minimum, maximum } = moments;
  if (mean === null || deviation === null) return null;
  const reach = Math.max(3 * deviation, 1e-6);
  const [low, high] = [minimum ?? mean - reach, maximum ?? mean + reach];
  return { mean, deviation, minimum: low, maximum: high > low ? high : low + 1e-6 };
}

/** A step that gives a slider about 200 stops on a round number. */
export function stepFor(span: number): number {
  if (!(span > 0)) return 0.01;
  return 10 ** Math.floor(Math.log10(span / 100));
}

/** The operation as the slider shows it: `zero` and `mean` are special values of `set`. */
function shownAs(operation: Operation): 'set' | 'add' | 'scale' {
  return operation === 'add' || operation === 'scale' ? operation : 'set';
}

export function rangeOf(operation: Operation, unit: Unit, moments: NeuronMoments | null): SliderRange {
  const as = shownAs(operation);
  if (as === 'scale') {
    return { minimum: -4, maximum: 4, step: 0.05, marks: [{ value: 0, label: '0' }, { value: 1, label: 'as it is' }] };
  }
  if (unit === 'percentile') {
    return { minimum: 0, maximum: 100, step: 0.5, marks: [{ value: 0, label: 'min' }, { value: 50, label: 'median' }, { value: 100, label: 'max' }] };
  }
  const has = known(moments);
  if (has === null) return { minimum: -2, maximum: 2, step: 0.02, marks: [{ value: 0, label: '0' }] };
  const divide = unit === 'sigma' ? has.deviation || 1 : 1;
  const origin = as === 'add' || unit === 'sigma' ? has.mean : 0;
  const at = (raw: number) => (raw - origin) / divide;
  const [low, middle, high] = [at(has.minimum), at(has.mean), at(has.maximum)];
  const room = (high - low) * 1.25;
  const [from, to] = [Math.min(low - room, 0), Math.max(high + room, 0)];
  const step = stepFor(to - from);
  return {
    minimum: Math.floor(from / step) * step,
    maximum: Math.ceil(to / step) * step,
    step,
    marks: [{ value: low, label: 'min' }, { value: middle, label: 'mean' }, { value: high, label: 'max' }],
  };
}

/** The value that a neuron's slider stands at. */
export function standsAt(neuron: SelectedNeuron, moments: NeuronMoments | null): number {
  if (neuron.operation === 'zero') return inUnit(0, neuron.unit, moments);
  if (neuron.operation === 'mean' || neuron.operation === 'resample') return inUnit(moments?.mean ?? 0, neuron.unit, moments);
  return neuron.value;
}

function inUnit(raw: number, unit: Unit, moments: NeuronMoments | null): number {
  const has = known(moments);
  if (unit === 'raw' || has === null || has.deviation === 0) return unit === 'raw' ? raw : unit === 'sigma' ? 0 : 50;
  const score = (raw - has.mean) / has.deviation;
  return unit === 'sigma' ? score : percentileOf(score);
}

/**
 * About which share of a neuron's values lie below one, if they are spread like a bell (logistic
 * approximation of the normal distribution): only where a slider starts after a change of unit.
 */
export function percentileOf(score: number): number {
  return 100 / (1 + Math.exp(-1.702 * score));
}

/** The score that `percentileOf` turns into a percentile, within three deviations. */
export function scoreOf(percentile: number): number {
  const share = Math.max(1e-9, Math.min(1 - 1e-9, percentile / 100));
  return Math.max(-3, Math.min(3, Math.log(share / (1 - share)) / 1.702));
}

function tidy(value: number): number {
  const kept = Math.max(-MAX_VALUE, Math.min(MAX_VALUE, value));
  return Number(kept.toPrecision(6));
}

/** What a neuron becomes with another operation; values start where nothing jumps. */
export function withOperation(neuron: SelectedNeuron, operation: Operation, moments: NeuronMoments | null): SelectedNeuron {
  const starts: Record<Operation, () => number> = {
    zero: () => 0,
    mean: () => 0,
    resample: () => 0,
    set: () => (shownAs(neuron.operation) === 'set' ? standsAt(neuron, moments) : inUnit(moments?.mean ?? 0, neuron.unit, moments)),
    add: () => 0,
    scale: () => 1,
    patch: () => 0,
  };
  // A percentile is a place among the neuron's values: nothing can be added to it.
  const unit = operation === 'add' && neuron.unit === 'percentile' ? 'sigma' : neuron.unit;
  const value = tidy(starts[operation]());
  return { ...neuron, operation, value, unit, values: operation === 'patch' ? neuron.values : null };
}

/** What a neuron becomes in the other unit: the same change, said in other numbers. */
export function withUnit(neuron: SelectedNeuron, unit: Unit, moments: NeuronMoments | null): SelectedNeuron {
  const has = known(moments);
  if (unit === neuron.unit) return neuron;
  if (unit === 'percentile' && neuron.operation === 'add') return neuron;
  if (neuron.operation === 'scale') return { ...neuron, unit };
  if (has === null || has.deviation === 0) {
    // What the value would be in the other unit is not known yet: the middle of it is.
    const apart = unit === 'percentile' || neuron.unit === 'percentile';
    return { ...neuron, unit, value: apart && neuron.operation === 'set' ? (unit === 'percentile' ? 50 : 0) : neuron.value };
  }
  const origin = neuron.operation === 'add' ? 0 : has.mean;
  const raw = neuron.unit === 'raw' ? neuron.value
    : (neuron.unit === 'sigma' ? neuron.value : scoreOf(neuron.value)) * has.deviation + origin;
  const score = (raw - origin) / has.deviation;
  const value = unit === 'raw' ? raw : unit === 'sigma' ? score : percentileOf(score);
  return { ...neuron, unit, value: neuron.operation === 'zero' || neuron.operation === 'mean' ? neuron.value : tidy(value) };
}

/** A number that a person typed, or what is wrong with it. */
export function readValue(text: string): { value: number } | { wrong: string } {
  const plain = text.trim().replace('\u2212', '-').replace(',', '.');
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : NaN;
  if (!Number.isFinite(value)) return { wrong: `'${text}' is not a number. Type one such as 1.5 or \u22120.2.` };
  if (Math.abs(value) > MAX_VALUE) return { wrong: 'Values go from \u22121 000 000 to 1 000 000.' };
  return { value };
}
