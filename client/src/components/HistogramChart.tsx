/** How often a neuron takes which value, with its mean, one deviation to each side, and the word pointed at. */
import type { NeuronInfo } from '../api/types';
import { count, number, signed } from '../lib/format';
import { isolated } from '../lib/writing';
import { focusReading } from '../services/reading';

const WIDTH = 300;
const HEIGHT = 72;

export function HistogramChart({ info }: { info: NeuronInfo }) {
  const { edges, counts } = info.histogram;
  const [low, high] = [edges[0] ?? 0, edges.at(-1) ?? 1];
  const most = counts.reduce((a, b) => Math.max(a, b), 1);
  const x = (value: number) => Math.max(0, Math.min(WIDTH, ((value - low) / (high - low || 1)) * WIDTH));
  // The square root keeps rare values visible beside a tall peak.
  const y = (n: number) => Math.sqrt(n / most) * (HEIGHT - 6);
  const now = focusReading.value;
  return (
    <figure class="histogram">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Histogram of ${count(info.count)} values from ${number(low)} to ${number(high)}, mean ${number(info.mean)}`}
      >
        <rect class="spread" x={x(info.mean - info.deviation)} width={Math.max(0, x(info.mean + info.deviation) - x(info.mean - info.deviation))} y={0} height={HEIGHT} />
        {counts.map((n, i) => {
          const [from, to] = [x(edges[i] ?? 0), x(edges[i + 1] ?? 0)];
          const middle = ((edges[i] ?? 0) + (edges[i + 1] ?? 0)) / 2;
          const has = now !== null && now.raw >= (edges[i] ?? 0) && now.raw < (edges[i + 1] ?? 0);
          return (
            <rect key={i} class={`${middle < 0 ? 'negative' : 'positive'} ${has ? 'has' : ''}`} x={from} width={Math.max(0.4, to - from - 0.6)} y={HEIGHT - y(n)} height={y(n)}>
              <title>{`${number(edges[i] ?? 0)} to ${number(edges[i + 1] ?? 0)}: ${count(n)}`}</title>
            </rect>
          );
        })}
        {low < 0 && high > 0 && <line class="zero" x1={x(0)} x2={x(0)} y1={0} y2={HEIGHT} />}
        <line class="mean" x1={x(info.mean)} x2={x(info.mean)} y1={0} y2={HEIGHT} />
        {now !== null && <line class="here" data-role="here" x1={x(now.raw)} x2={x(now.raw)} y1={0} y2={HEIGHT} />}
      </svg>
      <figcaption class="numbers quiet">
        <span>{number(low)}</span>
        <span class="here-text">{now === null ? `mean ${number(info.mean)}` : `${isolated(now.text)} ${signed(now.raw)}`}</span>
        <span>{signed(high)}</span>
      </figcaption>
    </figure>
  );
}
