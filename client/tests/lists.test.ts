import { describe, expect, it } from 'vitest';
import { columnsOf, paintTokens, positionsOf } from '../src/lib/painter';
import { reveal, windowOf } from '../src/lib/windowed';
import type { LayerInfo } from '../src/api/types';
import { indexOf, layerOf, neuronAt, parseNeuron } from '../src/lib/address';

describe('window on a long list', () => {
  it('holds every visible row at any scroll position', () => {
    for (const top of [0, 13, 28, 5000, 279_600, 280_000]) {
      const { first, last } = windowOf(top, 400, 28, 10_000, 0);
      const reach = Math.min(top, 280_000 - 400);
      expect(first * 28).toBeLessThanOrEqual(reach);
      expect(last * 28).toBeGreaterThanOrEqual(reach + 400);
    }
  });

  it('keeps few rows of ten thousand', () => {
    const { first, last, total } = windowOf(140_000, 400, 28, 10_000);
    expect(last - first).toBeLessThan(40);
    expect(total).toBe(280_000);
  });

  it('copes with no rows, fewer rows than fit, and a scroll position that is gone', () => {
    expect(windowOf(0, 400, 28, 0)).toMatchObject({ first: 0, last: 0, total: 0 });
    expect(windowOf(0, 400, 28, 3)).toMatchObject({ first: 0, last: 3 });
    expect(windowOf(9999, 400, 28, 20).last).toBe(20);
  });

  it('scrolls no further than needed', () => {
    expect(reveal(5, 0, 280, 28)).toBe(0);
    expect(reveal(0, 100, 280, 28)).toBe(0);
    expect(reveal(20, 0, 280, 28)).toBe(21 * 28 - 280);
  });
});

describe('addresses', () => {
  const layer = (address: string, width: number): LayerInfo => ({
    address, width, stack: 'encoder', layer: 0, site: 'rnn_hidden', scopes: ['output'],
  });
  const layers = [layer('encoder.0.rnn_hidden', 4), layer('encoder.1.rnn_hidden', 3)];

  it('turn into flat indices and back', () => {
    for (let flat = 0; flat < 7; flat++) expect(indexOf(layers, neuronAt(layers, flat))).toBe(flat);
    expect(neuronAt(layers, 4)).toBe('encoder.1.rnn_hidden[0]');
    expect(() => neuronAt(layers, 7)).toThrow(RangeError);
  });

  it('that a model lacks are not found', () => {
    expect(indexOf(layers, 'encoder.1.rnn_hidden[3]')).toBe(-1);
    expect(layerOf(layers, 'decoder.0.rnn_hidden[0]')).toBeNull();
    for (const text of ['', '3', 'encoder.1.rnn_hidden', 'encoder.x.rnn_hidden[1]', 'encoder.1.rnn_hidden[-1]', '<script>']) {
      expect(parseNeuron(text), text).toBeNull();
    }
  });
});

describe('token rows', () => {
  const view = {
    words: ['Unhappy', 'men', '.'], spaces: [false, true, false],
    pieces: ['\u2581Un', 'happy', '\u2581men', '.', '</s>'], piece_words: [0, 0, 1, 2, -1],
  };

  it('show words, or pieces with their spaces and specials', () => {
    expect(columnsOf(view, false).map((c) => c.text)).toEqual(['Unhappy', 'men', '.']);
    const pieces = columnsOf(view, true);
    expect(pieces.map((c) => c.text)).toEqual(['Un', 'happy', 'men', '.', '</s>']);
    expect(pieces.map((c) => c.space)).toEqual([true, false, true, false, true]);
    expect(pieces.map((c) => c.special)).toEqual([false, false, false, false, true]);
  });

  it('of the model alone are marked as such, and read from the left as bytes are', () => {
    const pieces = columnsOf({ words: ['\u0645'], spaces: [false], pieces: ['ar_AR', '\u2581', '\u0645', '<0xD9>', '[SEP]'], piece_words: [-1, -1, 0, 0, -1] }, true);
    expect(pieces.map((c) => c.special)).toEqual([true, false, false, false, true]);
    expect(pieces.map((c) => c.code)).toEqual([true, false, false, true, true]);
  });

  it('stand apart where words do, also if the model marks the pieces that go on', () => {
    const given = { words: ['he', 'left', '.'], spaces: [false, true, false], pieces: ['[CLS]', 'h', '##e', 'left', '.', '[SEP]'], piece_words: [-1, 0, 0, 1, 2, -1] };
    expect(columnsOf(given, true).map((c) => c.space)).toEqual([true, true, false, true, false, true]);
    const lone = { words: ['he', 'left'], spaces: [false, true], pieces: ['\u2581', 'he', '\u2581', 'left'], piece_words: [-1, 0, -1, 1] };
    expect(columnsOf(lone, true).map((c) => c.space)).toEqual([true, false, true, false]);
  });

  it('give a word all of its token positions', () => {
    expect(positionsOf(view.piece_words, 0)).toEqual([0, 1]);
    expect(positionsOf(view.piece_words, 2)).toEqual([3]);
  });

  it('are painted from their own stretch of the values, and nothing is painted without one', () => {
    const row = document.createElement('div');
    for (const text of ['a', 'b', 'c']) row.append(Object.assign(document.createElement('span'), { textContent: text }), ' ');
    const tokens = [...row.children];
    const scale = { centre: 0, limit: 1, deviation: null };
    const names = paintTokens(tokens, new Float32Array([9, 9, 0, 1, NaN]), 2, scale);
    expect([...row.children].map((c) => c.className)).toEqual(['v p0', 'v p20', 'v none']);
    expect(row.textContent).toBe('a b c ');
    paintTokens(tokens, new Float32Array([9, 9, 0, -1, NaN]), 2, scale, names);
    expect([...row.children].map((c) => c.className)).toEqual(['v p0', 'v n20', 'v none']);
  });
});
