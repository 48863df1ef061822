/** Results as tables that other programs read. */
import type { AblationResult } from '../api/types';

type Cell = string | number | boolean | null;

/** Comma-separated values, quoted where they have to be. */
export function csv(rows: readonly (readonly Cell[])[]): string {
  const cell = (value: Cell) => {
    const text = value === null ? '' : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => `${row.map(cell).join(',')}\n`).join('');
}

/** Every point of ablation curves with all that is known of it; a score that a curve lacks stays empty. */
export function curvesCsv(results: readonly AblationResult[]): string {
  const names = [...new Set(results.flatMap((r) => r.metrics.map((m) => m.name)))];
  const head = [
    'model', 'ranking', 'operation', 'scope', 'beams', 'order', 'seed', 'ablated', 'neurons', 'sentences', 'changed_sentences',
    ...names.flatMap((n) => [n, `${n}_interval`, `${n}_p`]), 'complete', 'signature', ...names.map((n) => `${n}_signature`),
  ];
  const rows = results.flatMap((r) => r.curves.flatMap((c) => c.points.map((p) => [
    r.model, r.ranking, r.operation, r.scope, r.beams, c.direction, c.seed, p.ablated, r.neurons, p.sentences, p.changed_sentences,
    ...names.flatMap((n) => [p.metrics[n]?.value ?? null, p.metrics[n]?.interval ?? null, p.metrics[n]?.p_value ?? null]),
    r.complete, r.signature, ...names.map((n) => r.metrics.find((m) => m.name === n)?.signature ?? null),
  ])));
  return csv([head, ...rows]);
}
