import { describe, expect, it } from 'vitest';
import type { InterventionBody } from '../src/api/types';
import { editsAfter, partners } from '../src/lib/edits';
import { saidEdit, saidNeurons, saidTogether } from '../src/lib/said';
import { percentileOf, rangeOf, scoreOf, standsAt, withOperation, withUnit } from '../src/lib/slider';
import { isPlaced, newlySelected } from '../src/lib/view';

const MOMENTS = { mean: 0.2, deviation: 0.5, minimum: -1, maximum: 0.9 };
const plain = newlySelected('encoder.1.rnn_hidden[3]');
const nowhere = { words: [], pattern: '', label: '', value: '' };
const edit: InterventionBody = { neurons: ['encoder.1.rnn_hidden[3]'], operation: 'set', value: 2, unit: 'sigma', positions: null, scope: 'output', where: null, seed: 0, values: null };

describe('changed copies', () => {
  it('find for each word the one that it was', () => {
    expect(partners(['He', 'left', '.'], ['She', 'left', 'early', '.'])).toEqual([-1, 1, -1, 2]);
    expect(partners([], ['a'])).toEqual([-1]);
    expect(partners(['a', 'a'], ['a', 'a'])).toEqual([0, 1]);
  });

  it('stay with their sentence when own sentences come and go', () => {
    const edits = [{ of: 'c3', text: 'x' }, { of: 't0', text: 'a!' }, { of: 't1', text: 'b!' }];
    expect(editsAfter(edits, ['a', 'b'], ['b'])).toEqual([{ of: 'c3', text: 'x' }, { of: 't0', text: 'b!' }]);
    expect(editsAfter(edits, ['a', 'b'], ['new', 'a', 'b'])).toEqual([{ of: 'c3', text: 'x' }, { of: 't1', text: 'a!' }, { of: 't2', text: 'b!' }]);
  });
});

describe('a percentile', () => {
  it('starts about where the value stood, and comes back', () => {
    const half = { ...plain, operation: 'set' as const, value: 0.2, unit: 'raw' as const };
    expect(withUnit(half, 'percentile', MOMENTS).value).toBeCloseTo(50, 6);
    const high = withUnit({ ...half, value: 0.7 }, 'percentile', MOMENTS);
    expect(high.value).toBeGreaterThan(80);
    expect(high.value).toBeLessThan(88);
    expect(withUnit(high, 'raw', MOMENTS).value).toBeCloseTo(0.7, 3);
    expect(scoreOf(percentileOf(-1.3))).toBeCloseTo(-1.3, 9);
    expect(standsAt({ ...plain, operation: 'mean', unit: 'percentile' }, MOMENTS)).toBeCloseTo(50, 6);
  });

  it('is never out of its range, whatever is known', () => {
    const raw = { ...plain, operation: 'set' as const, value: -60, unit: 'raw' as const };
    expect(withUnit(raw, 'percentile', null).value).toBe(50);
    expect(withUnit(raw, 'percentile', MOMENTS).value).toBeGreaterThanOrEqual(0);
    expect(rangeOf('set', 'percentile', MOMENTS)).toMatchObject({ minimum: 0, maximum: 100 });
  });

  it('is nothing that can be added', () => {
    const set = { ...plain, operation: 'set' as const, unit: 'percentile' as const, value: 90 };
    expect(withOperation(set, 'add', MOMENTS)).toMatchObject({ operation: 'add', unit: 'sigma', value: 0 });
    const add = { ...plain, operation: 'add' as const, unit: 'sigma' as const, value: 1 };
    expect(withUnit(add, 'percentile', MOMENTS)).toEqual(add);
  });
});

describe('an intervention in words', () => {
  it('says value, unit and place', () => {
    expect(saidEdit(edit)).toBe('set to +2.00 sd');
    expect(saidEdit({ ...edit, value: 97, unit: 'percentile', where: { ...nowhere, label: 'Tense', value: 'Past' } })).toBe('set to percentile 97, at words with Tense=Past');
    expect(saidEdit({ ...edit, operation: 'zero', where: { ...nowhere, words: ['he', 'she'] }, scope: 'recurrence' })).toBe('zero, at he, she, in the recurrence');
    expect(saidEdit({ ...edit, operation: 'resample', positions: [1, 2] })).toBe('resampled, at positions 1, 2');
    expect(saidEdit({ ...edit, operation: 'patch', value: 0, positions: [0], values: [[1.5]] })).toBe('patched: its values in another run, at positions 0');
  });

  it('tells words that are read from words that are written', () => {
    const written = { ...edit, neurons: ['decoder.1.rnn_hidden[3]'], where: { ...nowhere, label: 'Tense', value: 'Past' } };
    const sideOf = (address: string) => (address.startsWith('decoder') ? 'reference' as const : 'source' as const);
    expect(saidEdit(written, sideOf)).toBe('set to +2.00 sd, after writing words with Tense=Past');
    expect(saidEdit({ ...written, where: { ...nowhere, words: ['il'] } }, sideOf)).toBe('set to +2.00 sd, after writing il');
    expect(saidEdit({ ...written, neurons: edit.neurons }, sideOf)).toBe('set to +2.00 sd, at words with Tense=Past');
  });

  it('calls all neurons of a layer by its name', () => {
    const layer = ['decoder.1.rnn_hidden[0]', 'decoder.1.rnn_hidden[1]'];
    expect(saidNeurons(layer, () => 2)).toBe('decoder.1.rnn_hidden, all 2');
    expect(saidNeurons(layer, () => 3)).toBe('decoder.1.rnn_hidden[0] and 1 more');
    expect(saidNeurons(layer.slice(1), () => 1)).toBe('decoder.1.rnn_hidden[1]');
  });

  it('puts neurons that are treated alike together', () => {
    const other = { ...edit, neurons: ['encoder.1.rnn_hidden[9]'] };
    expect(saidTogether([edit, other, { ...edit, operation: 'zero' }]).map((l) => l.neurons.length)).toEqual([2, 1]);
  });

  it('knows a place that is not yet named', () => {
    expect(isPlaced(nowhere)).toBe(false);
    expect(isPlaced({ ...nowhere, label: 'Tense' })).toBe(false);
    expect(isPlaced({ ...nowhere, label: 'Tense', value: 'Past' })).toBe(true);
  });
});
