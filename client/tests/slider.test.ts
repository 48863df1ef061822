import { describe, expect, it } from 'vitest';
import { rangeOf, readValue, standsAt, withOperation, withUnit } from '../src/lib/slider';
import { newlySelected } from '../src/lib/view';

const MOMENTS = { mean: 0.2, deviation: 0.5, minimum: -1, maximum: 0.9 };
const plain = newlySelected('encoder.1.rnn_hidden[3]');

describe('a slider', () => {
  it('marks minimum, mean and maximum inside of its range, raw and in deviations', () => {
    for (const unit of ['raw', 'sigma'] as const) {
      for (const operation of ['set', 'zero', 'mean', 'add'] as const) {
        const { minimum, maximum, marks } = rangeOf(operation, unit, MOMENTS);
        expect(marks.map((m) => m.label)).toEqual(['min', 'mean', 'max']);
        for (const mark of marks) {
          expect(mark.value).toBeGreaterThan(minimum);
          expect(mark.value).toBeLessThan(maximum);
        }
      }
    }
    const values = rangeOf('set', 'sigma', MOMENTS).marks.map((m) => m.value);
    [-2.4, 0, 1.4].forEach((wanted, i) => {
      expect(values[i]).toBeCloseTo(wanted, 12);
    });
  });

  it('can always be moved to zero', () => {
    const { minimum, maximum } = rangeOf('set', 'raw', { mean: 5, deviation: 0.1, minimum: 4.8, maximum: 5.3 });
    expect(minimum).toBeLessThanOrEqual(0);
    expect(maximum).toBeGreaterThan(5.3);
  });

  it('works without statistics and for a constant neuron', () => {
    expect(rangeOf('set', 'raw', null).maximum).toBeGreaterThan(0);
    const { minimum, maximum, step } = rangeOf('set', 'raw', { mean: 0, deviation: 0, minimum: 0, maximum: 0 });
    expect(maximum).toBeGreaterThan(minimum);
    expect(step).toBeGreaterThan(0);
  });
});

describe('a value', () => {
  it('stands where zero and mean put the neuron', () => {
    expect(standsAt({ ...plain, operation: 'zero' }, MOMENTS)).toBe(0);
    expect(standsAt({ ...plain, operation: 'zero', unit: 'sigma' }, MOMENTS)).toBeCloseTo(-0.4, 12);
    expect(standsAt({ ...plain, operation: 'mean' }, MOMENTS)).toBe(0.2);
  });

  it('means the same after a change of unit, there and back', () => {
    const raw = { ...plain, operation: 'set' as const, value: 0.7 };
    const sigma = withUnit(raw, 'sigma', MOMENTS);
    expect(sigma.value).toBeCloseTo(1, 12);
    expect(withUnit(sigma, 'raw', MOMENTS).value).toBeCloseTo(0.7, 12);
    const added = withUnit({ ...plain, operation: 'add', value: 1 }, 'sigma', MOMENTS);
    expect(added.value).toBeCloseTo(2, 12);
  });

  it('starts where nothing jumps', () => {
    expect(withOperation({ ...plain, operation: 'mean' }, 'set', MOMENTS).value).toBe(0.2);
    expect(withOperation(plain, 'add', MOMENTS).value).toBe(0);
    expect(withOperation(plain, 'scale', MOMENTS).value).toBe(1);
    expect(withOperation({ ...plain, operation: 'scale', value: 3 }, 'set', MOMENTS).value).toBe(0.2);
  });

  it('is read as people write it, and refused with words if it is none', () => {
    expect(readValue(' \u22120,5 ')).toEqual({ value: -0.5 });
    expect(readValue('1e3')).toEqual({ value: 1000 });
    for (const text of ['', 'NaN', 'Infinity', '1e999', '2000001', '--1', '0x10']) {
      expect(readValue(text), text).toHaveProperty('wrong');
    }
  });
});
