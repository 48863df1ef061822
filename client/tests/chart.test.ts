import { describe, expect, it } from 'vitest';
import { nearestSpot, stepFrom } from '../src/lib/chart';

const DRAWING = [
  [{ x: 0, y: 10 }, { x: 50, y: 40 }, { x: 100, y: 80 }],
  [],
  [{ x: 0, y: 10 }, { x: 100, y: 30 }],
];

describe('the point of a chart that is meant', () => {
  it('is the nearest one, also where another curve lies over it', () => {
    expect(nearestSpot(DRAWING, 96, 70)).toEqual({ curve: 0, point: 2 });
    expect(nearestSpot(DRAWING, 96, 35)).toEqual({ curve: 2, point: 1 });
    expect(nearestSpot([[], []], 1, 1)).toBeNull();
  });
  it('moves along a curve and stays at its ends', () => {
    expect(stepFrom(DRAWING, { curve: 0, point: 1 }, 'ArrowRight')).toEqual({ curve: 0, point: 2 });
    expect(stepFrom(DRAWING, { curve: 0, point: 2 }, 'ArrowRight')).toEqual({ curve: 0, point: 2 });
    expect(stepFrom(DRAWING, { curve: 0, point: 0 }, 'ArrowLeft')).toEqual({ curve: 0, point: 0 });
    expect(stepFrom(DRAWING, { curve: 0, point: 1 }, 'End')).toEqual({ curve: 0, point: 2 });
  });
  it('goes to the next curve that has points, as far along as it was', () => {
    expect(stepFrom(DRAWING, { curve: 0, point: 2 }, 'ArrowDown')).toEqual({ curve: 2, point: 1 });
    expect(stepFrom(DRAWING, { curve: 2, point: 1 }, 'ArrowUp')).toEqual({ curve: 0, point: 2 });
    expect(stepFrom(DRAWING, { curve: 2, point: 1 }, 'ArrowDown')).toEqual({ curve: 2, point: 1 });
    expect(stepFrom(DRAWING, { curve: 0, point: 0 }, 'Tab')).toBeNull();
  });
});
