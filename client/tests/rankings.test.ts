import { describe, expect, it } from 'vitest';
import type { LayerInfo, RankingInfo, RankingMethod } from '../src/api/types';
import { spread } from '../src/components/Charts';
import { nearest, position } from '../src/components/ScatterPlot';
import { bestLabelsOf, chanceOf, countLayers, filled, groupsOf, isProbe, listOf, partnersOf, rowsOf } from '../src/lib/details';
import { listing } from '../src/lib/listing';
import { spansOf, toggled, type Mark } from '../src/lib/marks';
import { aboutRanking, chosenOptions, isListed, isReady, labelTitle, partKey, readPart } from '../src/lib/methods';
import { nameAt } from '../src/lib/names';
import { moveInTree, type TreeItem } from '../src/lib/tree';

const layer = (address: string, width: number): LayerInfo => ({
  address, width, stack: 'encoder', layer: 0, site: 'rnn_hidden', scopes: ['output'],
});
const LAYERS = [layer('encoder.0.rnn_hidden', 3), layer('encoder.1.rnn_hidden', 2)];

describe('the list of a ranking', () => {
  const order = Uint32Array.from([4, 0, 3, 2, 1]);

  it('is the ranking itself unless something else is asked for', () => {
    expect(listing(order, LAYERS, '', 'best')).toBe(order);
    expect(listing(order, LAYERS, 'decoder.0.rnn_hidden', 'best')).toBe(order);
  });

  it('keeps to a layer, turns round, and goes by address', () => {
    expect(listing(order, LAYERS, 'encoder.0.rnn_hidden', 'best')).toEqual([0, 2, 1]);
    expect(listing(order, LAYERS, 'encoder.1.rnn_hidden', 'worst')).toEqual([3, 4]);
    expect(listing(order, LAYERS, '', 'address')).toEqual([0, 1, 2, 3, 4]);
    expect(Array.from(order)).toEqual([4, 0, 3, 2, 1]);
  });
});

const METHOD: RankingMethod = {
  name: 'gaussian', title: 'Gaussian', summary: '', formula: '', reference: '', family: 'linguistic', needs: ['labels', 'seed'],
  standardize: false, standardizable: true,
  parameters: [{ name: 'select', kind: 'int', default: 50, help: '', minimum: 1, maximum: null, choices: [] }],
};
const INFO: RankingInfo = {
  id: 'ab12', model: 'a', method: 'gaussian', title: 'Gaussian', family: 'linguistic', layers: LAYERS, neurons: 5, signature: 's',
  parameters: { select: 50 }, label: null, others: [], standardize: false, seed: 0, words: 'last', labels: [], details: [], created: '',
};

describe('what a neuron that follows nothing would score', () => {
  it('is said once for each stack', () => {
    const values = Float64Array.from([0.1, 0.1, 0.1, 0.1, 0.1, 0.2]);
    const layers = [...LAYERS, { ...layer('decoder.0.rnn_hidden', 1), stack: 'decoder' as const }];
    expect(chanceOf({ chance: { shape: [6], values } }, layers)).toEqual([['encoder', 0.1], ['decoder', 0.2]]);
    expect(chanceOf({ chance: 0.3 }, LAYERS)).toEqual([]);
    expect(chanceOf({}, LAYERS)).toEqual([]);
  });
});

describe('what a ranking is about', () => {
  it('names the label, the other models, and only options that were chosen', () => {
    const label = { name: 'column:tense', side: 'reference', parameters: {}, classes: null, against: 'past', minimum: 1, rest: '' } as const;
    expect(labelTitle(label)).toBe('tense = past of the reference');
    expect(labelTitle({ ...label, name: 'word_list', side: 'source', against: null, parameters: { words: 'a b' } })).toBe('word list (words a b)');
    const info = { ...INFO, label, others: ['b'], parameters: { select: 9 }, seed: 4 };
    expect(aboutRanking(info, METHOD, (m) => `LSTM ${m}`)).toBe('tense = past of the reference, with LSTM b, select 9, seed 4');
    expect(chosenOptions(INFO, METHOD)).toEqual([]);
  });

  it('is listed if it needs something, was chosen, or its analysis is unknown', () => {
    const plain: RankingMethod = { ...METHOD, needs: [] };
    expect([isReady(METHOD), isReady(plain)]).toEqual([false, true]);
    expect(isListed(INFO, METHOD)).toBe(true);
    expect(isListed(INFO, plain)).toBe(false);
    expect(isListed({ ...INFO, standardize: true }, plain)).toBe(true);
    expect(isListed({ ...INFO, method: 'marked' }, undefined)).toBe(true);
  });

  it('has a key that comes back, whatever the label holds', () => {
    for (const label of ['NOUN', 'a:b', '']) {
      expect(readPart(partKey('ab12', label))).toEqual({ ranking: 'ab12', label: label === '' ? null : label });
    }
  });
});

describe('keys in the tree', () => {
  const item = (level: number, open?: boolean): TreeItem => ({ key: String(level), level, ...(open === undefined ? {} : { open }) });
  const items = [item(1, true), item(2), item(2, true), item(3), item(1, false)];

  it('go up and down, into and out of branches', () => {
    expect(moveInTree(items, 0, 'ArrowDown')).toBe(1);
    expect(moveInTree(items, 0, 'ArrowUp')).toBe(0);
    expect(moveInTree(items, 4, 'ArrowDown')).toBe(4);
    expect(moveInTree(items, 2, 'ArrowRight')).toBe(3);
    expect(moveInTree(items, 3, 'ArrowLeft')).toBe(2);
    expect(moveInTree(items, 1, 'ArrowLeft')).toBe(0);
    expect(moveInTree(items, 4, 'Home')).toBe(0);
    expect(moveInTree(items, 0, 'End')).toBe(4);
  });

  it('fold and unfold, and leave other keys alone', () => {
    expect(moveInTree(items, 0, 'ArrowLeft')).toBe('flip');
    expect(moveInTree(items, 4, 'ArrowRight')).toBe('flip');
    expect(moveInTree(items, 1, 'ArrowRight')).toBe(1);
    expect(moveInTree(items, 1, 'x')).toBeNull();
  });
});

describe('details of a ranking', () => {
  const array = (values: number[], shape = [values.length]) => ({ shape, values: Float32Array.from(values) });

  it('get their arrays back, however deep they lie', () => {
    const found = filled({ a: { $array: 'x' }, b: [{ c: { $array: 'y' } }, 'text', null], d: 1 }, { x: array([1]), y: array([2, 3]) });
    expect(found).toEqual({ a: array([1]), b: [{ c: array([2, 3]) }, 'text', null], d: 1 });
    expect(filled({ $array: 'gone' }, {})).toBeNull();
  });

  it('hold matrices row by row', () => {
    expect(rowsOf(array([1, 2, 3, 4, 5, 6], [2, 3]))).toEqual([[1, 2, 3], [4, 5, 6]]);
    expect(rowsOf(array([1, 2]))).toEqual([]);
    expect(rowsOf(null)).toEqual([]);
  });

  it('name the best partner of a neuron in each model', () => {
    const details = { partners: { b: { correlation: array([0.5, -0.25]), address: ['encoder.0.rnn_hidden[7]', null] } } };
    expect(partnersOf(details, 0)).toEqual([{ model: 'b', neuron: 'encoder.0.rnn_hidden[7]', correlation: 0.5 }]);
    expect(partnersOf(details, 1)).toEqual([]);
    expect(partnersOf(details, -1)).toEqual([]);
    expect(partnersOf({}, 0)).toEqual([]);
  });

  const vector = (values: number[]) => ({ shape: [values.length], values: Float32Array.from(values) });

  it('hold lists of numbers in either form', () => {
    expect(listOf(vector([0.5, 0.25]))).toEqual([0.5, 0.25]);
    expect(listOf([1, 2])).toEqual([1, 2]);
    expect(listOf(null)).toEqual([]);
    expect(listOf({ shape: [1, 2], values: Float32Array.from([1, 2]) })).toEqual([]);
  });

  it('name the groups of neurons that say the same, the largest first and the most alike first', () => {
    const details = { cluster: vector([1, 0, 0, -1, 0]), similarity: vector([1, 0.5, 1, NaN, 0.75]), representatives: [2, 0] };
    expect(groupsOf(details)).toEqual([
      { first: 2, members: [{ flat: 4, alike: 0.75 }, { flat: 1, alike: 0.5 }] },
      { first: 0, members: [] },
    ]);
    expect(groupsOf({})).toEqual([]);
  });

  it('say which label a neuron tells best, and in which direction', () => {
    const best = bestLabelsOf({ labels: ['NOUN', 'VERB'], best_label: vector([1, 0, 5]), direction: vector([-1, 1, 1]) });
    expect(best?.(0)).toEqual({ label: 'VERB', direction: -1 });
    expect(best?.(2)).toBeNull();
    expect(bestLabelsOf({ labels: ['NOUN'], best_label: vector([0]) })?.(0)).toEqual({ label: 'NOUN', direction: 0 });
    expect(bestLabelsOf({})).toBeNull();
  });

  it('are counted by layer', () => {
    expect(countLayers([4, 0, 3, 2, 1], LAYERS, 3)).toEqual([['encoder.0.rnn_hidden', 1], ['encoder.1.rnn_hidden', 2]]);
    expect(countLayers([1, 0], LAYERS, 9)).toEqual([['encoder.0.rnn_hidden', 2], ['encoder.1.rnn_hidden', 0]]);
  });

  it('are those of a probe if they hold what its page shows', () => {
    expect(isProbe({ metric: 'accuracy', score: {}, curve: {}, keep: [] })).toBe(true);
    expect(isProbe({ metric: 'accuracy' })).toBe(false);
  });
});

describe('marked words', () => {
  const mark = (sentence: number, word: number, side: Mark['side'] = 'source'): Mark => ({ side, sentence, word });

  it('are added as a stretch, in either direction, and taken away again', () => {
    const three = toggled([], mark(1, 4), mark(1, 2));
    expect(three.map((m) => m.word)).toEqual([2, 3, 4]);
    expect(toggled(three, mark(1, 3), mark(1, 3)).map((m) => m.word)).toEqual([2, 4]);
    expect(toggled(three, mark(1, 2), mark(1, 4))).toEqual([]);
    expect(toggled(three, mark(2, 3), mark(2, 3))).toHaveLength(4);
  });

  it('begin anew on the other side', () => {
    expect(toggled([mark(1, 2), mark(3, 4)], mark(5, 0, 'reference'), mark(5, 0, 'reference'))).toEqual([mark(5, 0, 'reference')]);
  });

  it('are sent as stretches of neighbours', () => {
    expect(spansOf([mark(2, 5), mark(0, 1), mark(0, 0), mark(0, 3), mark(2, 4)])).toEqual([
      { sentence: 0, first: 0, last: 1 }, { sentence: 0, first: 3, last: 3 }, { sentence: 2, first: 4, last: 5 },
    ]);
  });
});

describe('names of neurons', () => {
  it('are read by flat index, with what they rest on', () => {
    const ints = (values: number[], shape = [values.length]) => ({ shape, values: Int32Array.from(values) });
    const floats = (values: number[], shape = [values.length]) => ({ shape, values: Float32Array.from(values) });
    const found = nameAt({
      meta: { model: 'a', stack: 'encoder', made: true, layers: LAYERS, concepts: ['noun', 'comma', 'month'], signature: '', note: '', job: null, lacks: [] },
      arrays: {
        best: ints([0, 1, 2, 1], [2, 2]), auc: floats([0.5, 0.5, 0.75, 0.625], [2, 2]), direction: ints([1, 1, -1, 1], [2, 2]),
        average_precision: floats([0, 0.5]), q: floats([1, 0.125]), found: ints([0, 1]), shares: floats([0.5, 0.25, 0.125]), words: ints([50, 25, 12]),
      },
    }, 1);
    expect(found).toEqual({
      found: true, averagePrecision: 0.5, q: 0.125, words: 12, share: 0.125,
      candidates: [{ concept: 'month', direction: -1, auc: 0.75 }, { concept: 'comma', direction: 1, auc: 0.625 }],
    });
  });
});

describe('charts', () => {
  it('write values far enough apart and always the last', () => {
    expect(spread([1, 2, 5, 10, 50, 100], (v) => v, 10)).toEqual([1, 50, 100]);
    expect(spread([1, 95, 100], (v) => v, 10)).toEqual([1, 100]);
    expect(spread([], (v) => v, 10)).toEqual([]);
  });

  it('find the neuron nearest to the pointer, or none', () => {
    const [x, y] = [Uint32Array.from([0, 50, 99]), Uint32Array.from([0, 10, 99])];
    const place = (i: number): [number, number] => [position(x[i] ?? 0, 3), position(y[i] ?? 0, 3)];
    for (const i of [0, 1, 2]) expect(nearest(x, y, place(i))).toBe(i);
    expect(nearest(x, y, [-200, -200])).toBe(-1);
  });
});
