/**
 * A grid of shaded numbers in which one cell is looked at: by the pointer, or by the arrow keys. The
 * shade says how large a value is, the number and its sign say what it is.
 */
import { useRef, useState } from 'preact/hooks';

export interface HeatMapProps {
  label: string;
  /** What the rows and the columns are. */
  rowName: string;
  columnName: string;
  rows: readonly string[];
  columns: readonly string[];
  /** Null where nothing is known yet. */
  values: readonly (readonly (number | null)[])[];
  show: (value: number) => string;
  /** Between nothing and all, from 0 to 1. */
  shade: (value: number) => number;
  /** What is bad is shaded red, what is good blue. */
  bad?: boolean;
  chosen: { row: number; column: number } | null;
  /** Whether a cell is marked, where several can be. */
  marked?: (row: number, column: number) => boolean;
  /** What a cell is called. */
  name: (row: number, column: number) => string;
  look: (row: number, column: number) => void;
  leave: () => void;
  choose: (row: number, column: number) => void;
}

const STEPS: Record<string, readonly [number, number]> = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

export function HeatMap(props: HeatMapProps) {
  const { label, rowName, columnName, rows, columns, values, show, shade, bad = false, chosen, marked, name, look, leave, choose } = props;
  const table = useRef<HTMLTableElement>(null);
  // The tab key comes back to the cell that was looked at last.
  const [last, setLast] = useState<{ row: number; column: number } | null>(null);
  const filled = (row: number, column: number) => (values[row]?.[column] ?? null) !== null;
  const first = rows.flatMap((_, i) => columns.flatMap((__, j) => (filled(i, j) ? [{ row: i, column: j }] : [])))[0];
  const at = [last, chosen].find((c) => c !== null && filled(c.row, c.column)) ?? first;
  const onKey = (event: KeyboardEvent, row: number, column: number) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    let [i, j] = [row + step[0], column + step[1]];
    while (i >= 0 && j >= 0 && i < rows.length && j < columns.length && !filled(i, j)) [i, j] = [i + step[0], j + step[1]];
    event.preventDefault();
    if (!filled(i, j)) return;
    table.current?.querySelector<HTMLElement>(`[data-cell="${i}:${j}"]`)?.focus();
  };
  return (
    <div class="heat heat-map">
      <table ref={table} role="grid" aria-label={label} onPointerLeave={leave}>
        <thead>
          <tr><td /><th scope="col" colSpan={columns.length} class="heat-axis">{columnName}</th></tr>
          <tr><th scope="col">{rowName}</th>{columns.map((c) => <th key={c} scope="col">{c}</th>)}</tr>
        </thead>
        <tbody>
          {rows.map((r, i) => (
            <tr key={r}>
              <th scope="row">{r}</th>
              {columns.map((c, j) => {
                const value = values[i]?.[j] ?? null;
                const on = marked?.(i, j) ?? (chosen?.row === i && chosen.column === j);
                const part = value === null ? 0 : Math.max(0, Math.min(1, shade(value)));
                return (
                  <td key={c} class={`numbers ${bad ? 'bad' : ''} ${on ? 'chosen' : ''}`} style={{ '--shade': `${Math.round(part * 70)}%` }}>
                    <button
                      type="button"
                      class="plain"
                      data-cell={`${i}:${j}`}
                      tabIndex={at?.row === i && at.column === j ? 0 : -1}
                      aria-pressed={on}
                      aria-label={`${name(i, j)}: ${value === null ? 'not tried yet' : show(value)}`}
                      disabled={value === null}
                      onPointerEnter={() => { look(i, j); }}
                      onFocus={() => { setLast({ row: i, column: j }); look(i, j); }}
                      onBlur={leave}
                      onKeyDown={(e) => { onKey(e, i, j); }}
                      onClick={() => { choose(i, j); }}
                    >
                      {value === null ? '\u00b7' : show(value)}
                    </button>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
