/** Scores by the metric's name: titles, numbers, and where they lie between the ends of a chart. */
import type { MetricInfo } from '../api/types';
import { fixed, number, signed, signedFixed } from './format';

const TITLES: Readonly<Record<string, string>> = { bleu: 'BLEU', chrf: 'chrF', ter: 'TER', f1: 'F1' };

export function metricTitle(name: string): string {
  return TITLES[name] ?? name;
}

/** A score: one digit behind the point, or three digits where there is no upper bound. */
export function scoreText(value: number, logarithmic = false): string {
  return logarithmic ? number(value) : fixed(value, 1);
}

export function differenceText(value: number, logarithmic = false): string {
  return logarithmic ? signed(value) : signedFixed(value);
}

/** Whether a score is better than another. */
export function better(metric: MetricInfo, value: number, than: number): boolean {
  return metric.higher_is_better ? value > than : value < than;
}

/** Metrics of several results, each once, in their order. */
export function metricsOf(results: readonly { metrics: readonly MetricInfo[] }[]): MetricInfo[] {
  const found = new Map<string, MetricInfo>();
  for (const metric of results.flatMap((r) => r.metrics)) if (!found.has(metric.name)) found.set(metric.name, metric);
  return [...found.values()];
}

/** What a model can be scored by, and what it is scored by if none are named. */
export interface Scored { all: readonly string[]; usual: readonly string[] }

/** Metrics that are counted: those chosen that the model has, in its order, or else its usual ones. */
export function counted({ all, usual }: Scored, chosen: readonly string[]): string[] {
  const known = all.filter((name) => chosen.includes(name));
  return known.length > 0 ? known : [...usual];
}

/** Metrics as they are asked for; null for the usual ones, so that what was counted before is found. */
export function unusual({ usual }: Scored, chosen: readonly string[]): string[] | null {
  return chosen.length === 0 || chosen.join() === usual.join() ? null : [...chosen];
}

export interface Axis {
  /** Where a value lies, from 0 to 1. */
  at: (value: number) => number;
  ticks: number[];
}

/** Round steps of an axis from 0. */
export function steps(most: number, wanted = 6): number[] {
  if (!(most > 0)) return [0];
  const rough = most / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough) ?? rough;
  const found = [];
  for (let v = 0; v <= most * 1.0001; v += step) found.push(Number(v.toPrecision(6)));
  return found;
}

/** An axis from 0 to the largest value. */
export function linearAxis(values: readonly number[]): Axis {
  const top = Math.max(1, ...values);
  return { at: (v) => v / top, ticks: steps(top) };
}

/** An axis of logarithms around positive values, with ticks at 1, 2 and 5 times powers of ten. */
export function logarithmicAxis(values: readonly number[]): Axis {
  const positive = values.filter((v) => v > 0 && Number.isFinite(v));
  if (positive.length === 0) return { at: () => 0, ticks: [] };
  const [low, high] = [Math.log10(Math.min(...positive)) - 0.03, Math.log10(Math.max(...positive)) + 0.03];
  const every = [];
  for (let power = Math.floor(low); power <= high; power += 1) for (const m of [1, 2, 5]) every.push(Number((m * 10 ** power).toPrecision(6)));
  const inside = every.filter((v) => Math.log10(v) >= low && Math.log10(v) <= high);
  const tens = inside.filter((v) => Number.isInteger(Number(Math.log10(v).toFixed(6))));
  const some = inside.length > 9 ? tens.filter((_, i) => i % Math.ceil(tens.length / 9) === 0) : inside;
  // Within one step of the ticks: the ends themselves say how far it goes.
  const ticks = some.length >= 2 ? some : [Math.min(...positive), Math.max(...positive)].map((v) => Number(v.toPrecision(3)));
  return { at: (v) => (v > 0 ? Math.max(0, Math.min(1, (Math.log10(v) - low) / (high - low))) : 0), ticks: [...new Set(ticks)] };
}
