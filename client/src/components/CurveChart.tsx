/** Score against neurons ablated: curves with their intervals, a band of random orders, points to choose. */
import { useRef } from 'preact/hooks';
import { linearAxis, logarithmicAxis, steps } from '../lib/metrics';

export interface CurvePoint {
  x: number;
  y: number;
  /** Half width of its interval. */
  interval: number;
  /** What is said of it. */
  title: string;
  choose: () => void;
  chosen: boolean;
}

export interface ChartCurve {
  name: string;
  kind: 'one' | 'two' | 'three' | 'four' | 'five' | 'six';
  dashed: boolean;
  points: readonly CurvePoint[];
}

export interface ChartBand {
  name: string;
  kind: ChartCurve['kind'];
  points: readonly { x: number; mean: number; low: number; high: number }[];
}

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT] = [760, 320, 44, 40, 12, 16];

/** How long the hand rests on a point before it is chosen, in milliseconds. */
const RESTS = 250;

interface CurveChartProps {
  label: string;
  curves: readonly ChartCurve[];
  bands: readonly ChartBand[];
  yName: string;
  logarithmic: boolean;
}

export function CurveChart({ label, curves, bands, yName, logarithmic }: CurveChartProps) {
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const leave = () => { if (timer.current !== null) clearTimeout(timer.current); };
  const rest = (choose: () => void) => { leave(); timer.current = setTimeout(choose, RESTS); };
  const points = curves.flatMap((c) => c.points);
  const right = Math.max(1, ...points.map((p) => p.x), ...bands.flatMap((b) => b.points.map((p) => p.x)));
  const heights = [
    ...points.flatMap((p) => (logarithmic ? [p.y, p.y + p.interval] : [p.y + p.interval])),
    ...bands.flatMap((b) => b.points.flatMap((p) => (logarithmic ? [p.low, p.high] : [p.high]))),
  ];
  const axis = logarithmic ? logarithmicAxis(heights) : linearAxis(heights);
  const px = (v: number) => LEFT + (v / right) * (WIDTH - LEFT - RIGHT);
  const py = (v: number) => TOP + (1 - axis.at(v)) * (HEIGHT - TOP - BOTTOM);
  return (
    <figure class="chart curves">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
        {axis.ticks.map((t) => (
          <g key={t}>
            <line class="tick" x1={LEFT} x2={WIDTH - RIGHT} y1={py(t)} y2={py(t)} />
            <text x={LEFT - 5} y={py(t) + 3.5} text-anchor="end">{Math.abs(t) >= 1e4 ? t.toExponential(0) : t}</text>
          </g>
        ))}
        {steps(right, 9).map((v) => <text key={v} x={px(v)} y={HEIGHT - BOTTOM + 15} text-anchor="middle">{v}</text>)}
        <text class="axis" x={(LEFT + WIDTH - RIGHT) / 2} y={HEIGHT - 6} text-anchor="middle">neurons ablated</text>
        {bands.map((band) => (
          <g key={band.name} class={`chart-band ${band.kind}`}>
            <polygon points={[...band.points.map((p) => `${px(p.x)},${py(p.high)}`), ...[...band.points].reverse().map((p) => `${px(p.x)},${py(p.low)}`)].join(' ')} />
            <polyline points={band.points.map((p) => `${px(p.x)},${py(p.mean)}`).join(' ')}><title>{band.name}</title></polyline>
          </g>
        ))}
        {curves.map((curve) => (
          <g key={curve.name} class={`chart-line ${curve.kind} ${curve.dashed ? 'dashed' : ''}`}>
            <polyline points={curve.points.map((p) => `${px(p.x)},${py(p.y)}`).join(' ')} />
            {curve.points.map((p) => (
              <g key={p.x}>
                <line class="interval" x1={px(p.x)} x2={px(p.x)} y1={py(p.y - p.interval)} y2={py(p.y + p.interval)} />
                <circle class={`pickable ${p.chosen ? 'chosen' : ''}`} cx={px(p.x)} cy={py(p.y)} r={p.chosen ? 6 : 4} onClick={p.choose} onPointerEnter={() => { rest(p.choose); }} onPointerLeave={leave}>
                  <title>{`${curve.name}: ${p.title}`}</title>
                </circle>
              </g>
            ))}
          </g>
        ))}
      </svg>
      <figcaption>
        {curves.map((c) => (
          <span key={c.name} class={`key ${c.kind} ${c.dashed ? 'dashed' : ''}`}><svg viewBox="0 0 22 8" aria-hidden="true"><line x1={1} x2={21} y1={4} y2={4} /></svg>{c.name}</span>
        ))}
        {bands.map((b) => <span key={b.name} class={`key band ${b.kind}`}><svg viewBox="0 0 22 8" aria-hidden="true"><rect width={22} height={8} /></svg>{b.name}</span>)}
        <span class="quiet">{yName}{logarithmic ? ', on a scale of logarithms' : ''}; bars are 95 % intervals</span>
      </figcaption>
    </figure>
  );
}
