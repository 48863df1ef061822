import { describe, expect, it } from 'vitest';
import { decodeView, encodeView, readSelected, writeSelected } from '../src/lib/codec';
import { DEFAULT_VIEW, OPERATIONS, type Place, type SelectedNeuron, type View } from '../src/lib/view';

/** A small seeded generator (mulberry32), so that a failing view can be made again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const TEXTS = ['Hello.', 'a & b = c? #1', '100 % "sure" ~ 5+5', 'مرحبا بالعالم', 'emoji \u{1f600}', 'tab\there', 'null\u0000byte', '<b>x</b>', "l'homme, là"];

function someView(seed: number): View {
  const next = random(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const int = (n: number) => Math.floor(next() * n);
  const patched = (neuron: SelectedNeuron): SelectedNeuron => (neuron.operation !== 'patch' ? neuron : {
    ...neuron, where: null, positions: [0, 4], values: [0.1 + 0.2, -1e-7],
  });
  const selected: SelectedNeuron[] = Array.from({ length: int(6) }, (_, i) => ({
    address: `${pick(['encoder', 'decoder'])}.${int(9)}.rnn_hidden[${i * 100 + int(99)}]`,
    on: next() < 0.5,
    operation: pick(OPERATIONS),
    value: pick([0, -0.25, 1e-7, 12.5, -1e6, 0.1 + 0.2, int(1000) / 7]),
    unit: pick(['raw', 'sigma'] as const),
    scope: pick(['output', 'recurrence'] as const),
    positions: pick([null, [], [0], [1, 4, 17]]),
    where: pick<Place | null>([
      null, null, { words: ['he', 'l\'eau'], pattern: '', label: '', value: '' },
      { words: [], pattern: '[a~b%7E]+, x', label: '', value: '' }, { words: [], pattern: '', label: 'Tense', value: 'Past|Pres' },
    ]),
    values: null,
  })).map(patched);
  return {
    project: pick(['', 'demo', 'my project/ü']),
    model: pick(['', 'lstm-a', 'marian']),
    method: pick(['', 'variance', 'mean_distance']),
    ranking: pick(['', '12ab34cd56ef7890']),
    label: pick(['', 'NOUN', 'a & b', 'ü:1']),
    sheet: pick(['', 'new', 'details', 'compare', 'layers', 'ablate', 'why', 'project'] as const),
    ablations: pick([[], ['0a1b2c'], ['0a1b2c', 'ffee']]),
    point: pick(['', 'ffee:0123abcd']),
    curveMetric: pick(['', 'chrf']),
    filled: pick([[], ['control.betas~0, 2.5', 'ablate.most~'], ['gender.sentences~The doctor~ & \n ü = +']]),
    compared: pick([[], ['12ab', '12ab:NOUN'], ['ff:a b:c&d']]),
    only: pick(['', 'encoder.1.rnn_hidden']),
    sort: pick(['best', 'worst', 'address'] as const),
    layers: pick([[], ['encoder.1.rnn_hidden'], ['encoder.0.ffn_act', 'decoder.3.resid_post']]),
    focus: pick(['', 'encoder.1.rnn_hidden[3]']),
    selected,
    offset: pick([0, 8, 1600]),
    part: pick(['', 'everyday']),
    query: pick(['', ...TEXTS]),
    item: pick(['', 'c12', 't0']),
    texts: Array.from({ length: int(4) }, () => pick(TEXTS)),
    word: pick(['mean', 'first', 'last', 'pieces'] as const),
    decoder: pick(['translation', 'reference'] as const),
    scale: pick(['z', 'raw'] as const),
    palette: pick(['rdbu', 'puor', 'mono'] as const),
    beams: pick([1, 5, 10]),
    wrap: next() < 0.5,
    score: pick(['', '7f3a-11']),
    sets: pick([[], ['0a1b2c'], ['0a1b2c', 'ffee']]),
    edits: pick([[], [{ of: 'c12', text: 'She left: now?' }], [{ of: 't0', text: 'a~b & c' }, { of: 'c0', text: 'ü' }]]),
    tried: pick(['', '7f3a-11']),
    trial: pick(['', 'Il~Elle', 'a%7Eb~%25~reference~Tense~', 'Il~Elle~source~column:part~ü & b']),
    trialOf: pick(['', '-', '0a1b2c']),
    asked: pick(['', '0', '17']),
    instead: pick(['', 'Elle', 'a & b']),
    basis: pick(['mean', 'zero', 'counterfactual'] as const),
    versus: pick(['', ...TEXTS.filter((t) => !t.includes('\u0000'))]),
    cells: pick([[], ['encoder.1.rnn_hidden@all'], ['decoder.0.embed@3', 'encoder.1.rnn_hidden[5]@all']]),
    sought: pick(['', '0a1b2c']),
    corpusTab: pick(['slices', 'differ', 'near'] as const),
    sliced: pick(['', 'column:part', 'regular_expression@reference?pattern=%5Ea%2B%26']),
    slice: pick(['', 'NOUN', '2 to 4', 'ü & b']),
    slicePage: pick([0, 10, 200]),
    sliceSort: pick(['label', 'sentences', 'score', 'difference'] as const),
    sliceMetric: pick(['bleu', 'chrf', 'perplexity', 'f1'] as const),
    sliceOrder: pick(['corpus', 'worst', 'change'] as const),
    outcome: pick(['', 'changed', 'contains:l\'été: non']),
    alike: pick(['states', 'chrf'] as const),
    near: pick(['', 'source.3', 'target.0']),
    nearLayer: pick(['', 'encoder.1.rnn_hidden']),
    nearMetric: pick(['cosine', 'euclidean'] as const),
    layersWith: pick(['', 'marian']),
    layersOf: pick(['encoder', 'decoder'] as const),
    layersShade: pick(['all', 'range'] as const),
    comparedFirst: pick([0, 20]),
    comparedPair: pick(['0.1', '2.0']),
    stable: pick(['', '12ab:0a1b2c']),
    control: pick(['', '0a1b2c']),
    cell: pick(['', '5:8', '20:-1.5']),
    measure: pick(['success', 'bleu', 'chrf', 'elsewhere'] as const),
    gender: pick(['', '0a1b2c']),
    pruned: pick(['', 'ffee']),
    line: pick(['', 'clean', 'changed', 'forced', 'forced_changed'] as const),
    alternatives: pick([1, 5, 10]),
    attention: pick(['', 'cross', 'decoder.1', 'encoder.11.3']),
    forced: pick(['', 'c12~i~5.17.3', 't0~t~l\'été & ~ more']),
  };
}

describe('the view in the address', () => {
  it('comes back from its own address, whatever it is', () => {
    for (let seed = 1; seed <= 500; seed++) {
      const view = someView(seed);
      const { view: back, problems } = decodeView(encodeView(view));
      expect(problems, `seed ${seed}`).toEqual([]);
      expect(back, `seed ${seed}`).toEqual(view);
    }
  });

  it('is empty for the default view', () => {
    expect(encodeView(DEFAULT_VIEW)).toBe('');
    expect(decodeView('')).toEqual({ view: DEFAULT_VIEW, problems: [] });
  });

  it('leaves out what is as usual and says its version', () => {
    expect(encodeView({ ...DEFAULT_VIEW, focus: 'encoder.1.rnn_hidden[3]' })).toBe('v=1&n=encoder.1.rnn_hidden[3]');
  });

  it('survives an address that an editor has escaped', () => {
    expect(decodeView('v=1&n=encoder.1.rnn_hidden%5B3%5D').view.focus).toBe('encoder.1.rnn_hidden[3]');
  });

  it.each([
    ['v', 'v=99', 'v'],
    ['an address that is none', 'v=1&n=encoder.1.rnn_hidden', 'n'],
    ['a number that is none', 'v=1&b=NaN', 'b'],
    ['too many beams', 'v=1&b=11', 'b'],
    ['a negative offset', 'v=1&o=-8', 'o'],
    ['an unknown palette', 'v=1&k=jet', 'k'],
    ['an unknown operation', 'v=1&s=encoder.1.rnn_hidden[3]~explode', 's'],
    ['an infinite value', 'v=1&s=encoder.1.rnn_hidden[3]~set~Infinity', 's'],
    ['a value that is no number', 'v=1&s=encoder.1.rnn_hidden[3]~set~NaN', 's'],
    ['a value beyond the limit', 'v=1&s=encoder.1.rnn_hidden[3]~set~1e9', 's'],
    ['the same neuron twice', 'v=1&s=encoder.1.rnn_hidden[3]&s=encoder.1.rnn_hidden[3]', 's'],
    ['a broken escape', 'v=1&n=%E0%A4%A', 'n'],
  ])('ignores %s and names it', (_, query, key) => {
    const { view, problems } = decodeView(query);
    expect(problems.map((p) => p.key)).toEqual([key]);
    expect(view).toEqual(DEFAULT_VIEW);
  });

  it('keeps the rest when one value is bad', () => {
    const { view, problems } = decodeView('v=1&b=99&m=marian');
    expect(view.model).toBe('marian');
    expect(problems).toHaveLength(1);
  });

  it('never throws on rubbish', () => {
    const next = random(7);
    const letters = 'vpmrlnsoiqtwdckbj=&~%[]+.0123456789abcé\u0000';
    for (let i = 0; i < 2000; i++) {
      const query = Array.from({ length: 40 }, () => letters[Math.floor(next() * letters.length)]).join('');
      const { view } = decodeView(query);
      expect(decodeView(encodeView(view)).view, query).toEqual(view);
    }
  });
});

describe('a selected neuron', () => {
  it('is only its address while nothing is done to it', () => {
    const plain = readSelected('encoder.1.rnn_hidden[3]');
    expect(plain).toMatchObject({ on: false, operation: 'zero', positions: null });
    expect(plain && writeSelected(plain)).toBe('encoder.1.rnn_hidden[3]');
  });

  it('keeps positions sorted and once', () => {
    expect(readSelected('decoder.0.rnn_hidden[3]~zero~0~raw~output~9.2.9')?.positions).toEqual([2, 9]);
  });
});
