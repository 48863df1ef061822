/** Details of a ranking as they come: JSON in which `{"$array": name}` stands for an array of the frame. */
import type { FrameArray } from './frame';

const ARRAY = '$array';

/** The details with the arrays in their places. */
export function filled(node: unknown, arrays: Readonly<Record<string, FrameArray>>): unknown {
  if (Array.isArray(node)) return node.map((n) => filled(n, arrays));
  if (typeof node !== 'object' || node === null) return node;
  const name = (node as Record<string, unknown>)[ARRAY];
  if (typeof name === 'string') return arrays[name] ?? null;
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, filled(value, arrays)]));
}

export function isArray(value: unknown): value is FrameArray {
  return typeof value === 'object' && value !== null && 'shape' in value && 'values' in value;
}

/** A matrix of an array; empty if it is none. */
export function rowsOf(array: unknown): number[][] {
  if (!isArray(array) || array.shape.length !== 2) return [];
  const [height = 0, width = 0] = array.shape;
  return Array.from({ length: height }, (_, i) => Array.from(array.values.subarray(i * width, (i + 1) * width)));
}

/** A number, or null for anything else. */
export function numeric(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** Scores of the three parts of the corpus that a probe is trained, chosen and tested on. */
export interface Parts {
  train: number;
  validation: number;
  test: number;
}

export interface Kept {
  percent: number;
  neurons: number;
  masked: Record<'top' | 'random' | 'bottom', number>;
  retrained?: Record<'top' | 'random' | 'bottom', number> | null;
}

/** What a probe found (neurox_core/rankings/analyses/probe.py). */
export interface ProbeDetails {
  metric: 'accuracy' | 'r2';
  rows: Parts;
  score: Parts;
  penalties: { l1: number; l2: number; score: number; nonzero: number }[];
  chosen: { l1: number; l2: number };
  labels?: string[];
  recall?: Record<string, number>;
  confusion?: unknown;
  majority?: { label: string; test: number } | null;
  control: Parts | null;
  selectivity: number | null;
  keep: Kept[];
  curve: { neurons: number[]; top: number[]; random: number[]; bottom: number[] };
  minimal?: { share: number; target: number; neurons: number | null } | null;
  layers: { top: number; neurons: Record<string, number> | null };
}

/** Whether details are those of a probe. */
export function isProbe(details: Record<string, unknown>): boolean {
  return ['metric', 'score', 'curve', 'keep'].every((key) => key in details);
}

export interface Partner {
  model: string;
  neuron: string;
  correlation: number;
}

interface Partners {
  correlation: FrameArray;
  address: (string | null)[] | null;
}

/** Best partners of a neuron in other models, from the details of a cross-model ranking. */
export function partnersOf(details: Record<string, unknown>, flat: number): Partner[] {
  const all = details.partners;
  if (typeof all !== 'object' || all === null || flat < 0) return [];
  return Object.entries(all as Record<string, Partners>).flatMap(([model, { correlation, address }]) => {
    const [neuron, value] = [address?.[flat], isArray(correlation) ? correlation.values[flat] : undefined];
    return typeof neuron === 'string' && value !== undefined ? [{ model, neuron, correlation: value }] : [];
  });
}
