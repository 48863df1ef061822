/**
 * Neurons by their places in two rankings, on a canvas: near the corner where both are small stand
 * the neurons that both rankings put first. Axes are logarithmic, since the first places matter.
 */
import { useSignalEffect } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { indexOf, neuronAt } from '../lib/address';
import { count } from '../lib/format';
import type { Scatter } from '../services/details';
import { focus } from '../services/ranking';
import { theme } from '../services/preferences';

const SIZE = 340;
const EDGE = 12;

/** Pixel of a place, from 0. */
export function position(place: number, neurons: number): number {
  return EDGE + (Math.log(place + 1) / Math.log(Math.max(2, neurons))) * (SIZE - 2 * EDGE);
}

/** The neuron nearest to a point within reach, -1 if there is none. */
export function nearest(x: ArrayLike<number>, y: ArrayLike<number>, at: readonly [number, number], reach = 12): number {
  let [best, found] = [reach * reach, -1];
  for (let i = 0; i < x.length; i++) {
    const [dx, dy] = [position(x[i] ?? 0, x.length) - at[0], position(y[i] ?? 0, y.length) - at[1]];
    const distance = dx * dx + dy * dy;
    if (distance < best) [best, found] = [distance, i];
  }
  return found;
}

export function ScatterPlot({ scatter, names, onPick }: { scatter: Scatter; names: readonly [string, string]; onPick: (address: string) => void }) {
  const ref = useRef<HTMLCanvasElement>(null);
  const [over, setOver] = useState(-1);
  const [x, y] = scatter.places;
  const draw = () => {
    const canvas = ref.current;
    const context = canvas?.getContext('2d');
    if (canvas === null || context === null || context === undefined) return;
    const ratio = Math.max(1, window.devicePixelRatio || 1);
    canvas.width = canvas.height = SIZE * ratio;
    context.scale(ratio, ratio);
    context.clearRect(0, 0, SIZE, SIZE);
    const style = getComputedStyle(canvas);
    context.fillStyle = style.color;
    context.globalAlpha = x.length > 2000 ? 0.35 : 0.55;
    const dot = (i: number, radius: number) => {
      context.beginPath();
      context.arc(position(x[i] ?? 0, x.length), position(y[i] ?? 0, y.length), radius, 0, 2 * Math.PI);
      context.fill();
    };
    for (let i = 0; i < x.length; i++) dot(i, 1.7);
    const looked = indexOf(scatter.layers, focus.value);
    context.globalAlpha = 1;
    context.fillStyle = style.getPropertyValue('--new-line');
    if (looked >= 0) dot(looked, 5);
    if (over >= 0) dot(over, 4);
  };
  useEffect(draw, [scatter, over, theme.value]);
  useSignalEffect(draw);
  const at = (event: PointerEvent | MouseEvent): number => {
    const box = ref.current?.getBoundingClientRect();
    if (box === undefined) return -1;
    const scale = SIZE / box.width;
    return nearest(x, y, [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale]);
  };
  const told = over >= 0 ? over : indexOf(scatter.layers, focus.value);
  return (
    <figure class="scatter">
      <canvas
        ref={ref}
        role="img"
        aria-label={`Places of ${count(x.length)} neurons by ${names[0]} and by ${names[1]}`}
        onPointerMove={(e) => { setOver(at(e)); }}
        onPointerLeave={() => { setOver(-1); }}
        onClick={(e) => {
          const found = at(e);
          if (found >= 0) onPick(neuronAt(scatter.layers, found));
        }}
      />
      <figcaption class="quiet">
        <span>{'\u2192'} {names[0]}</span> <span>{'\u2193'} {names[1]}</span>
        <span class="numbers" data-role="told">{told < 0 ? 'point at a neuron; a click looks at it' : `${neuronAt(scatter.layers, told)}: ${count((x[told] ?? 0) + 1)} and ${count((y[told] ?? 0) + 1)}`}</span>
      </figcaption>
    </figure>
  );
}
