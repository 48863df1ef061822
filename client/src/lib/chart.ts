/** Places in a chart of several curves: which point the hand means, and where the arrow keys lead. */

export interface Spot {
  curve: number;
  point: number;
}

/** For each curve its points on the screen. */
export type Drawing = readonly (readonly { x: number; y: number }[])[];

/** How much a distance up or down counts: who moves along a chart means the point above or below. */
const UPRIGHT = 0.5;

/** The point nearest to a place; null in an empty chart. */
export function nearestSpot(drawing: Drawing, x: number, y: number): Spot | null {
  let best: Spot | null = null;
  let least = Infinity;
  drawing.forEach((points, curve) => {
    points.forEach((p, point) => {
      const far = Math.hypot(p.x - x, UPRIGHT * (p.y - y));
      if (far < least) [best, least] = [{ curve, point }, far];
    });
  });
  return best;
}

function closest(points: Drawing[number], x: number): number {
  return points.reduce((best, p, i) => (Math.abs(p.x - x) < Math.abs((points[best]?.x ?? Infinity) - x) ? i : best), 0);
}

/** Where an arrow key leads: along the curve, or to the next one there; null for other keys. */
export function stepFrom(drawing: Drawing, at: Spot, key: string): Spot | null {
  const points = drawing[at.curve] ?? [];
  if (key === 'ArrowRight' || key === 'ArrowLeft') {
    const point = at.point + (key === 'ArrowRight' ? 1 : -1);
    return point >= 0 && point < points.length ? { curve: at.curve, point } : at;
  }
  if (key === 'Home' || key === 'End') return { curve: at.curve, point: key === 'Home' ? 0 : Math.max(0, points.length - 1) };
  if (key !== 'ArrowDown' && key !== 'ArrowUp') return null;
  const filled = drawing.flatMap((curve, i) => (curve.length > 0 ? [i] : []));
  const next = filled[filled.indexOf(at.curve) + (key === 'ArrowDown' ? 1 : -1)];
  return next === undefined ? at : { curve: next, point: closest(drawing[next] ?? [], points[at.point]?.x ?? 0) };
}
