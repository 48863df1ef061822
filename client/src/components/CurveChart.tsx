/** Score against neurons ablated: curves with their intervals, a band of random orders, points to read. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { nearestSpot, stepFrom, type Spot } from '../lib/chart';
import { count } from '../lib/format';
import { linearAxis, logarithmicAxis, steps } from '../lib/metrics';

export interface CurvePoint {
  /** What the point is called when it is looked at or chosen. */
  key: string;
  x: number;
  y: number;
  /** Half width of its interval. */
  interval: number;
  /** What is said of it. */
  title: string;
}

export interface ChartCurve {
  name: string;
  kind: 'one' | 'two' | 'three' | 'four' | 'five' | 'six';
  dashed: boolean;
  /** Part of a band: its points can be read, its line is not drawn. */
  faint: boolean;
  points: readonly CurvePoint[];
}

export interface ChartBand {
  name: string;
  kind: ChartCurve['kind'];
  points: readonly { x: number; mean: number; low: number; high: number }[];
}

const [HEIGHT, LEFT, BOTTOM, TOP, RIGHT] = [330, 62, 40, 12, 16];
const USUAL = 640;

/** How long the hand rests before a point is read, in milliseconds. */
const RESTS = 120;

interface CurveChartProps {
  label: string;
  curves: readonly ChartCurve[];
  bands: readonly ChartBand[];
  yName: string;
  logarithmic: boolean;
  /** Said in an empty chart. */
  nothing: string;
  /** Key of the point that is read, and of the one that stays. */
  shown: string;
  chosen: string;
  look: (key: string) => void;
  leave: () => void;
  choose: (key: string) => void;
}

export function CurveChart({ label, curves, bands, yName, logarithmic, nothing, shown, chosen, look, leave, choose }: CurveChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const [width, setWidth] = useState(USUAL);
  const [cursor, setCursor] = useState<Spot | null>(null);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => { setWidth(Math.max(280, element.clientWidth)); });
    observer.observe(element);
    return () => { observer.disconnect(); };
  }, []);
  const points = curves.flatMap((c) => c.points);
  const right = Math.max(1, ...points.map((p) => p.x), ...bands.flatMap((b) => b.points.map((p) => p.x)));
  const heights = [
    ...points.flatMap((p) => (logarithmic ? [p.y, p.y + p.interval] : [p.y + p.interval])),
    ...bands.flatMap((b) => b.points.flatMap((p) => (logarithmic ? [p.low, p.high] : [p.high]))),
  ];
  const axis = logarithmic ? logarithmicAxis(heights) : linearAxis(heights);
  const px = (v: number) => LEFT + (v / right) * (width - LEFT - RIGHT);
  const py = (v: number) => TOP + (1 - axis.at(v)) * (HEIGHT - TOP - BOTTOM);
  const drawing = curves.map((c) => c.points.map((p) => ({ x: px(p.x), y: py(p.y) })));
  const pointAt = (spot: Spot | null) => (spot === null ? undefined : curves[spot.curve]?.points[spot.point]);
  const named = (key: string): Spot | null => {
    const curve = curves.findIndex((c) => c.points.some((p) => p.key === key));
    return curve < 0 ? null : { curve, point: curves[curve]?.points.findIndex((p) => p.key === key) ?? 0 };
  };
  // Several curves begin at the same point: the cursor knows which of them is meant.
  const at = pointAt(cursor)?.key === shown ? cursor : named(shown);
  const now = pointAt(at);
  const rest = () => { if (timer.current !== null) clearTimeout(timer.current); };
  const read = (spot: Spot) => {
    setCursor(spot);
    const key = pointAt(spot)?.key;
    if (key !== undefined && key !== shown) look(key);
  };
  const under = (e: PointerEvent | MouseEvent) => {
    const frame = box.current?.getBoundingClientRect();
    return frame === undefined ? null : nearestSpot(drawing, e.clientX - frame.left, e.clientY - frame.top);
  };
  return (
    <figure class="chart curves">
      <div
        ref={box}
        class="curves-box"
        tabIndex={points.length === 0 ? -1 : 0}
        role="application"
        aria-label={`${label}: the arrow keys go along a curve and between curves, Enter keeps a point`}
        onPointerMove={(e) => {
          rest();
          const spot = under(e);
          if (spot !== null) timer.current = setTimeout(() => { read(spot); }, RESTS);
        }}
        onPointerLeave={() => { rest(); leave(); }}
        onFocus={() => { if (at === null && points.length > 0) read({ curve: curves.findIndex((c) => c.points.length > 0), point: 0 }); }}
        onClick={(e) => {
          rest();
          const spot = under(e);
          const key = pointAt(spot)?.key;
          if (key === undefined) return;
          setCursor(spot);
          choose(key);
        }}
        onKeyDown={(e) => {
          if (e.key === 'Enter' && now !== undefined) choose(now.key);
          const next = at === null ? null : stepFrom(drawing, at, e.key);
          if (next === null) return;
          e.preventDefault();
          read(next);
        }}
      >
        <svg width={width} height={HEIGHT} aria-hidden="true">
          {points.length === 0 && <text x={(LEFT + width - RIGHT) / 2} y={(TOP + HEIGHT - BOTTOM) / 2} text-anchor="middle">{nothing}</text>}
          {points.length > 0 && axis.ticks.map((t) => (
            <g key={t}>
              <line class="tick" x1={LEFT} x2={width - RIGHT} y1={py(t)} y2={py(t)} />
              <text x={LEFT - 6} y={py(t) + 3.5} text-anchor="end">{Math.abs(t) >= 1e5 ? t.toExponential(0) : t >= 1000 ? count(t) : t}</text>
            </g>
          ))}
          <line class="base" x1={LEFT} x2={width - RIGHT} y1={HEIGHT - BOTTOM} y2={HEIGHT - BOTTOM} />
          {points.length > 0 && steps(right, Math.max(3, Math.floor(width / 80))).filter(Number.isInteger).map((v) => <text key={v} x={px(v)} y={HEIGHT - BOTTOM + 16} text-anchor="middle">{count(v)}</text>)}
          <text class="axis" x={(LEFT + width - RIGHT) / 2} y={HEIGHT - 5} text-anchor="middle">neurons ablated</text>
          <text class="axis" transform={`translate(14 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)`} text-anchor="middle">{yName}</text>
          {bands.map((band) => (
            <g key={band.name} class={`chart-band ${band.kind}`}>
              <polygon points={[...band.points.map((p) => `${px(p.x)},${py(p.high)}`), ...[...band.points].reverse().map((p) => `${px(p.x)},${py(p.low)}`)].join(' ')} />
              <polyline points={band.points.map((p) => `${px(p.x)},${py(p.mean)}`).join(' ')} />
            </g>
          ))}
          {now !== undefined && <line class="crosshair" x1={px(now.x)} x2={px(now.x)} y1={TOP} y2={HEIGHT - BOTTOM} />}
          {curves.map((curve, i) => curve.faint ? null : (
            <g key={`${i} ${curve.name}`} class={`chart-line ${curve.kind} ${curve.dashed ? 'dashed' : ''}`}>
              <polyline points={curve.points.map((p) => `${px(p.x)},${py(p.y)}`).join(' ')} />
              {curve.points.map((p) => (
                <g key={p.x}>
                  <line class="interval" x1={px(p.x)} x2={px(p.x)} y1={py(p.y - p.interval)} y2={py(p.y + p.interval)} />
                  <circle class={p.key === chosen ? 'chosen' : ''} cx={px(p.x)} cy={py(p.y)} r={p.key === chosen ? 6 : 3.5} />
                </g>
              ))}
            </g>
          ))}
          {now !== undefined && <circle class="read" cx={px(now.x)} cy={py(now.y)} r={8} />}
        </svg>
      </div>
      <p class="curves-reading numbers" role="status">
        {now === undefined || at === null ? 'Point at the chart, or go through it with the arrow keys, to read a point.' : <><b>{curves[at.curve]?.name}</b>: {now.title}</>}
      </p>
      <figcaption>
        {curves.filter((c) => !c.faint).map((c) => (
          <span key={c.name} class={`key ${c.kind} ${c.dashed ? 'dashed' : ''}`}><svg viewBox="0 0 22 8" aria-hidden="true"><line x1={1} x2={21} y1={4} y2={4} /></svg>{c.name}</span>
        ))}
        {bands.map((b) => <span key={b.name} class={`key band ${b.kind}`}><svg viewBox="0 0 22 8" aria-hidden="true"><rect width={22} height={8} /><line x1={1} x2={21} y1={4} y2={4} /></svg>{b.name}: mean, least and most</span>)}
        {points.length > 0 && <span class="quiet">{yName}{logarithmic ? ', on a scale of logarithms' : ''}; bars are 95 % intervals</span>}
      </figcaption>
    </figure>
  );
}
