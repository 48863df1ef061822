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

/** Numbers of a list or of an array of one dimension; empty if it is neither. */
export function listOf(value: unknown): number[] {
  if (isArray(value)) return value.shape.length === 1 ? Array.from(value.values) : [];
  return Array.isArray(value) ? value.filter((v): v is number => typeof v === 'number') : [];
}

export interface Group {
  /** Flat index of the neuron that stands for the group. */
  first: number;
  /** All others with |correlation| with it, the most alike first. */
  members: { flat: number; alike: number }[];
}

/** Groups of neurons that say the same, the largest first, from the details of redundancy. */
export function groupsOf(details: Record<string, unknown>): Group[] {
  const [cluster, similarity, first] = [details.cluster, details.similarity, listOf(details.representatives)];
  if (!isArray(cluster) || !isArray(similarity)) return [];
  const groups = first.map((flat): Group => ({ first: flat, members: [] }));
  for (let flat = 0; flat < cluster.values.length; flat++) {
    const group = groups[cluster.values[flat] ?? -1];
    if (group !== undefined && group.first !== flat) group.members.push({ flat, alike: similarity.values[flat] ?? NaN });
  }
  for (const group of groups) group.members.sort((a, b) => b.alike - a.alike);
  return groups.sort((a, b) => b.members.length - a.members.length);
}

/** The label that a neuron tells best, and whether it is high (1) or low (-1) on its words; 0: not known. */
export function bestLabelsOf(details: Record<string, unknown>): ((flat: number) => { label: string; direction: number } | null) | null {
  const { labels, best_label: best, direction } = details;
  if (!Array.isArray(labels) || !isArray(best)) return null;
  return (flat) => {
    const label: unknown = labels[best.values[flat] ?? -1];
    return typeof label === 'string' ? { label, direction: isArray(direction) ? (direction.values[flat] ?? 0) : 0 } : null;
  };
}

/** How many of the first neurons lie in each layer. */
export function countLayers(order: ArrayLike<number>, layers: readonly { address: string; width: number }[], top: number): [string, number][] {
  let first = 0;
  return layers.map(({ address, width }) => {
    const start = first;
    first += width;
    let inside = 0;
    for (let place = 0; place < Math.min(top, order.length); place++) {
      const flat = order[place] ?? -1;
      if (flat >= start && flat < start + width) inside++;
    }
    return [address, inside];
  });
}

/** Chance of the layers that have the same, by their names; empty if it is not one number for each neuron. */
export function chanceOf(details: Record<string, unknown>, layers: readonly { address: string; stack: string; width: number }[]): [string, number][] {
  const chance = listOf(details.chance);
  let first = 0;
  const found = new Map<number, string[]>();
  for (const { stack, width } of layers) {
    const share = chance[first];
    first += width;
    if (share === undefined) continue;
    const named = found.get(share) ?? [];
    if (!named.includes(stack)) found.set(share, [...named, stack]);
  }
  return [...found].map(([share, stacks]) => [stacks.join(', '), share]);
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
  /** None for labels that the test sentences do not hold. */
  recall?: Record<string, number | null>;
  confusion?: unknown;
  majority?: { label: string; test: number } | null;
  control: Parts | null;
  selectivity: number | null;
  keep: Kept[];
  curve: { neurons: number[]; top: number[]; random: number[]; bottom: number[] };
  minimal?: { share: number; target: number; neurons: number | null; tried: { neurons: number }[] } | null;
  /** The fewest neurons that hold shares of the weight, of all labels and of each. */
  salient?: { mass: number; neurons: number; labels: Record<string, number>; layers?: Record<string, number> }[];
  layers: { top: number; neurons: Record<string, number> | null };
}

/** Whether details are those of a probe. */
export function isProbe(details: Record<string, unknown>): boolean {
  return ['metric', 'score', 'curve', 'keep'].every((key) => key in details);
}

/** What has to be said of scores that rest on little text. */
export function warningsOf(details: Record<string, unknown>): string[] {
  const { warnings } = details;
  return Array.isArray(warnings) ? warnings.filter((w): w is string => typeof w === 'string') : [];
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
