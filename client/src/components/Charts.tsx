/** Small charts as SVG: lines over a logarithmic or plain axis, and tables whose cells are shaded. */
import { rampStyle } from '../lib/colour';
import { fixed, number } from '../lib/format';

export interface Line {
  name: string;
  /** Class of the line: its colour and dashes. */
  kind: 'one' | 'two' | 'three' | 'four' | 'five' | 'six';
  y: readonly (number | null)[];
}

/** Values far enough apart to be written under an axis; the last is always among them. */
export function spread(x: readonly number[], at: (value: number) => number, apart: number): number[] {
  const last = x.at(-1);
  if (last === undefined) return [];
  const found: number[] = [];
  for (const value of x) {
    const before = found.at(-1);
    if (value !== last && (before === undefined || at(value) - at(before) >= apart) && at(last) - at(value) >= apart) found.push(value);
  }
  return [...found, last];
}

export interface LineChartProps {
  label: string;
  x: readonly number[];
  lines: readonly Line[];
  xName: string;
  yName: string;
  /** Horizontal lines with a name. */
  marks?: readonly { name: string; y: number }[];
  low?: number;
  high?: number;
  /** A value beside the axis, where there is little room. */
  tick?: (value: number) => string;
  /** The value of a point. */
  show?: (value: number) => string;
}

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT] = [460, 230, 42, 34, 10, 12];

/** Lines over a logarithmic axis, with a table of the same numbers for those who do not see them. */
export function LineChart({
  label, x, lines, xName, yName, marks = [], low = 0, high = 1, tick = (v) => fixed(v, 2), show = number,
}: LineChartProps) {
  const [from, to] = [Math.log(x[0] ?? 1), Math.log(x.at(-1) ?? 1)];
  const px = (v: number) => LEFT + ((Math.log(v) - from) / (to - from || 1)) * (WIDTH - LEFT - RIGHT);
  const py = (v: number) => TOP + (1 - (v - low) / (high - low || 1)) * (HEIGHT - TOP - BOTTOM);
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((t) => low + t * (high - low));
  const shown = spread(x, px, 34);
  return (
    <figure class="chart">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
        {ticks.map((t) => (
          <g key={t}>
            <line class="tick" x1={LEFT} x2={WIDTH - RIGHT} y1={py(t)} y2={py(t)} />
            <text x={LEFT - 5} y={py(t) + 3.5} text-anchor="end">{tick(t)}</text>
          </g>
        ))}
        {shown.map((v) => <text key={v} x={px(v)} y={HEIGHT - BOTTOM + 14} text-anchor="middle">{v}</text>)}
        <text class="axis" x={(LEFT + WIDTH - RIGHT) / 2} y={HEIGHT - 4} text-anchor="middle">{xName}</text>
        {marks.map((m) => (
          <g key={m.name} class="chart-mark">
            <line x1={LEFT} x2={WIDTH - RIGHT} y1={py(m.y)} y2={py(m.y)} />
            {/* At the left, where few neurons say little; near the top below the line, to stay inside. */}
            <text x={LEFT + 3} y={py(m.y) + (py(m.y) < TOP + 10 ? 11 : -3)}>{m.name}</text>
          </g>
        ))}
        {lines.map(({ name, kind, y }) => (
          <g key={name} class={`chart-line ${kind}`}>
            <polyline points={x.flatMap((v, i) => { const at = y[i]; return at === null || at === undefined ? [] : [`${px(v)},${py(at)}`]; }).join(' ')} />
            {x.map((v, i) => {
              const at = y[i];
              return at === null || at === undefined || x.length > 30 ? null : (
                <circle key={v} cx={px(v)} cy={py(at)} r={2.6}><title>{`${name}, ${v}: ${show(at)}`}</title></circle>
              );
            })}
          </g>
        ))}
      </svg>
      <figcaption>
        {lines.map(({ name, kind }) => (
          <span key={name} class={`key ${kind}`}><svg viewBox="0 0 22 8" aria-hidden="true"><line x1={1} x2={21} y1={4} y2={4} /></svg>{name}</span>
        ))}
        <span class="quiet">{yName}</span>
      </figcaption>
    </figure>
  );
}

export interface HeatTableProps {
  label: string;
  rows: readonly string[];
  columns: readonly string[];
  values: readonly (readonly (number | null)[])[];
  /** The value that is shaded fully. */
  most?: number;
  show: (value: number) => string;
  corner?: string;
  /** Shade of a cell, if not that of its value. */
  shade?: (value: number, row: number) => number;
}

/** A table of numbers whose cells are shaded: one that can be read, copied and heard. */
export function HeatTable({ label, rows, columns, values, most = 1, show, corner = '', shade }: HeatTableProps) {
  return (
    <div class="heat" tabIndex={0} role="group" aria-label={label}>
      <table>
        <thead>
          <tr>
            {corner === '' ? <td /> : <th scope="col">{corner}</th>}
            {columns.map((c) => <th key={c} scope="col"><span>{c}</span></th>)}
          </tr>
        </thead>
        <tbody>
          {rows.map((name, i) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {columns.map((c, j) => {
                const value = values[i]?.[j] ?? null;
                const part = value === null ? 0 : Math.max(0, Math.min(1, shade === undefined ? value / most : shade(value, i)));
                return (
                  <td key={c} class="numbers" style={value === null ? undefined : rampStyle(part)} title={`${name}, ${c}`}>
                    {value === null ? 'n/a' : show(value)}
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

/** What the shades of a table of numbers mean: the values along them. */
export function Ramp({ label, from, to, show }: { label: string; from: number; to: number; show: (value: number) => string }) {
  return (
    <ol class="ramp" aria-label={label}>
      {[0, 0.25, 0.5, 0.75, 1].map((part) => <li key={part} class="numbers" style={rampStyle(part)}>{show(from + part * (to - from))}</li>)}
    </ol>
  );
}

/** Named shares as horizontal bars. */
export function Bars({ label, items, show = (v) => number(v), most }: { label: string; items: readonly (readonly [string, number, string?])[]; show?: (value: number) => string; most?: number }) {
  const top = most ?? items.reduce((a, [, v]) => Math.max(a, v), 0);
  return (
    <ul class="bars" aria-label={label}>
      {items.map(([name, value, kind]) => (
        <li key={name}>
          <span class="bar-name">{name}</span>
          <span class="bar"><span class={kind ?? ''} style={{ inlineSize: `${(100 * Math.max(0, value)) / (top || 1)}%` }} /></span>
          <span class="numbers">{show(value)}</span>
        </li>
      ))}
    </ul>
  );
}
