import { describe, expect, it } from 'vitest';
import type { BeamTreeView } from '../src/api/types';
import { continued, layTree, pathOf, pieceText, readChoice, readForced, writeChoice, writeForced } from '../src/lib/decoding';
import { neighbour } from '../src/lib/roving';

type Fate = BeamTreeView['fates'][number];

/** A tree from (parent, step, fate) of each node. */
function tree(nodes: [number, number, Fate][]): BeamTreeView {
  return {
    beams: 2, parents: nodes.map((n) => n[0]), steps: nodes.map((n) => n[1]), fates: nodes.map((n) => n[2]),
    tokens: nodes.map((_, i) => i + 10), pieces: nodes.map((_, i) => `p${i}`), logprobs: nodes.map(() => -1),
    totals: nodes.map((_, i) => -i), scores: nodes.map(() => null), ranks: nodes.map(() => null),
  };
}

describe('what is forced, in the address', () => {
  it('comes back as it was', () => {
    for (const forced of [{ item: 'c12', ids: [5, 0, 31999] }, { item: 't0', text: 'Les ~ hommes\n& femmes' }, { item: 'ec3', text: ' are' }]) {
      expect(readForced(writeForced(forced))).toEqual(forced);
    }
  });

  it('is nothing where it is not understood', () => {
    for (const wrong of ['', 'c1', 'c1~i~', 'c1~i~4.x', 'x1~i~4', 'c1~t~   ', 'c1~q~4', `c1~i~${'1.'.repeat(1000)}1`, 'c1~i~99999999']) {
      expect(readForced(wrong), wrong).toBeNull();
    }
  });
});

describe('which attention is shown', () => {
  it('comes back as it was', () => {
    for (const text of ['', 'cross', 'encoder.0', 'decoder.11.3']) {
      const found = readChoice(text);
      expect(found).not.toBeNull();
      if (found !== null) expect(writeChoice(found)).toBe(text);
    }
    for (const wrong of ['other', 'cross.', 'cross.1.2.3', 'cross.-1']) expect(readChoice(wrong), wrong).toBeNull();
  });
});

describe('the beam tree on the page', () => {
  const grown = tree([
    [-1, 0, 'winner'], [-1, 0, 'finished'], [0, 1, 'winner'], [1, 1, 'finished'], [0, 1, 'pruned'], [2, 2, 'winner'], [2, 2, 'left'],
    [3, 2, 'finished'],
  ]);

  it('has the winner in one line at the top and no two nodes in one place', () => {
    const { rows, height } = layTree(grown);
    expect([0, 2, 5].map((i) => rows[i])).toEqual([0, 0, 0]);
    const places = grown.steps.map((step, i) => `${step},${rows[i]}`);
    expect(new Set(places).size).toBe(places.length);
    expect(Math.max(...rows)).toBe(height - 1);
    expect(rows.every((row) => row >= 0)).toBe(true);
  });

  it('uses a row again after what stood on it has ended', () => {
    const long = tree([[-1, 0, 'winner'], [-1, 0, 'pruned'], [0, 1, 'winner'], [2, 2, 'winner'], [2, 2, 'pruned'], [3, 3, 'winner']]);
    const { rows, height } = layTree(long);
    expect(height).toBe(2);
    expect(rows).toEqual([0, 1, 0, 0, 1, 0]);
  });

  it('leads from the root to a node', () => {
    expect(pathOf(grown, 7)).toEqual([1, 3, 7]);
  });
});

it('marks where a word begins', () => {
  expect(['\u2581Il', 'est', '\u0120le', ''].map(pieceText)).toEqual(['\u00b7Il', 'est', '\u00b7le', '(empty)']);
  // A vowel sign and a joiner of no width are tokens, too.
  expect(['\u064b', '\u2581\u0e35', '\u200c', ' ', 'a\u0301'].map(pieceText)).toEqual(['\u25cc\u064b', '\u00b7\u25cc\u0e35', 'U+200C', '\u2423', 'a\u0301']);
});

it('moves from a node to the nearest of the next column, and within a column', () => {
  const at = (x: number, y: number) => {
    const element = document.createElement('button');
    element.dataset.x = String(x);
    element.dataset.y = String(y);
    return element;
  };
  const [a, b, c, d] = [at(0, 0), at(1, 0), at(1, 3), at(2, 2)] as const;
  const all = [a, b, c, d];
  expect(neighbour(all, a, 'ArrowRight')).toBe(b);
  expect(neighbour(all, b, 'ArrowDown')).toBe(c);
  expect(neighbour(all, d, 'ArrowLeft')).toBe(c);
  expect(neighbour(all, a, 'ArrowUp')).toBeNull();
  expect(neighbour(all, d, 'ArrowRight')).toBeNull();
});

it('parts a new word from the prompt where the language has spaces', () => {
  expect(continued('The men', 'are')).toBe(' are');
  expect(continued('The men ', 'are')).toBe('are');
  expect(continued('The men', ', who')).toBe(', who');
  expect(continued('\u65e5\u672c', '\u8a9e')).toBe('\u8a9e');
  expect(continued('', 'are')).toBe('are');
});
