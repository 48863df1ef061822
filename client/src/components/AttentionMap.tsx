/** Attention weights as a grid: a row for every token made, a column for every token it could look at. */
import { signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { AttentionMeta } from '../api/types';
import { pieceText } from '../lib/decoding';
import { percent } from '../lib/format';
import { keepStop, rove } from '../lib/roving';

/** Rows and columns beyond this many are not drawn: a grid of more cannot be read or moved quickly. */
const MOST = 90;

export interface AttentionMapProps {
  meta: AttentionMeta;
  values: Float32Array;
  /** Head, or null for the mean of those that came. */
  head: number | null;
  /** Told which places are under the pointer; null when none is. */
  onPair: (row: AttentionMeta['rows'][number] | null, column: AttentionMeta['rows'][number] | null) => void;
}

function label(place: AttentionMeta['rows'][number] | undefined): string {
  return place === undefined ? '' : place.side === 'start' ? '(start)' : pieceText(place.piece);
}

const looked = signal<{ row: number; column: number | null } | null>(null);

/** One grid of weights, rows after one another. */
function gridOf(meta: AttentionMeta, values: Float32Array, head: number | null): Float32Array {
  const size = meta.rows.length * meta.columns.length;
  if (head !== null && head < meta.heads) return values.subarray(head * size, (head + 1) * size);
  const mean = new Float32Array(size);
  for (let h = 0; h < meta.heads; h++) for (let i = 0; i < size; i++) mean[i] = (mean[i] ?? 0) + (values[h * size + i] ?? 0) / meta.heads;
  return mean;
}

function best(grid: Float32Array, row: number, width: number, many: number): number[] {
  const order = Array.from({ length: width }, (_, i) => i);
  return order.sort((a, b) => (grid[row * width + b] ?? 0) - (grid[row * width + a] ?? 0)).slice(0, many);
}

function Readout({ meta, grid }: { meta: AttentionMeta; grid: Float32Array }) {
  const now = looked.value;
  const width = meta.columns.length;
  const name = (places: AttentionMeta['rows'], i: number) => label(places[i]);
  if (now === null || now.row >= meta.rows.length) {
    return <p class="attention-readout quiet">Point at a cell, or go through the rows with the arrow keys.</p>;
  }
  const shown = now.column === null ? best(grid, now.row, width, 4) : [now.column];
  return (
    <p class="attention-readout" role="status">
      <b><bdi>{name(meta.rows, now.row)}</bdi></b> looks at{' '}
      {shown.map((c, i) => (
        <span key={c}>{i > 0 && ', '}<b><bdi>{name(meta.columns, c)}</bdi></b> <span class="numbers">{percent(grid[now.row * width + c] ?? 0)}</span></span>
      ))}
    </p>
  );
}

export function AttentionMap({ meta, values, head, onPair }: AttentionMapProps) {
  const grid = useMemo(() => gridOf(meta, values, head), [meta, values, head]);
  const [rows, columns] = [meta.rows.slice(0, MOST), meta.columns.slice(0, MOST)];
  const width = meta.columns.length;
  const tops = useMemo(() => rows.map((_, r) => best(grid, r, width, 1)[0]), [grid]);
  const look = (row: number, column: number | null) => {
    looked.value = { row, column };
    onPair(meta.rows[row] ?? null, column === null ? (meta.columns[tops[row] ?? 0] ?? null) : (meta.columns[column] ?? null));
  };
  const leave = () => {
    looked.value = null;
    onPair(null, null);
  };
  return (
    <div class="attention">
      <Readout meta={meta} grid={grid} />
      <div
        class="attention-grid"
        role="group"
        aria-label="Attention: rows are what was written or read, columns what was looked at"
        style={{ '--columns': columns.length, '--cell': `${Math.max(24, Math.min(32, Math.floor(900 / columns.length)))}px` }}
        onKeyDown={rove}
        onFocusIn={keepStop}
        onPointerLeave={leave}
        onPointerOver={(e) => {
          const cell = e.target instanceof Element ? e.target.closest<HTMLElement>('[data-r]') : null;
          if (cell !== null) look(Number(cell.dataset.r), cell.dataset.c === undefined ? null : Number(cell.dataset.c));
        }}
      >
        <span />
        {columns.map((place, c) => <span key={c} class="attention-column" title={place.piece}><bdi>{label(place)}</bdi></span>)}
        {rows.map((place, r) => (
          <>
            <button key={`row${r}`} type="button" class="plain attention-row" data-x={0} data-y={r} data-r={r} tabIndex={r === 0 ? 0 : -1} onFocus={() => { look(r, null); }} onBlur={leave}>
              <bdi>{label(place)}</bdi>
            </button>
            {columns.map((_, c) => (
              <i key={`${r} ${c}`} data-r={r} data-c={c} class={tops[r] === c ? 'most' : ''} style={{ '--w': `${(100 * (grid[r * width + c] ?? 0)).toFixed(1)}%` }} />
            ))}
          </>
        ))}
      </div>
      <div class="attention-key" role="img" aria-label="Shade: 0 to 100 per cent of the row; a dot marks the largest of a row">
        <span class="numbers">0</span><span class="attention-scale" /><span class="numbers">1</span> <span class="quiet">a row sums to 1; the ring marks its largest</span>
      </div>
      {(meta.rows.length > MOST || width > MOST) && <p class="quiet">The first {MOST} tokens of each side are drawn.</p>}
    </div>
  );
}
