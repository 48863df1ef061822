import { describe, expect, it } from 'vitest';
import type { LabelSource, SliceInfo } from '../src/api/types';
import { labelBody, outcomesOf, readNear, readOutcome, readSliced, sortSlices, writeOutcome, writeSliced, type Sliced } from '../src/lib/slices';

const option = (name: string, kind: 'str' | 'int' | 'bool') => ({ name, kind, default: '', help: '', minimum: null, maximum: null, choices: [] });
const LABELS = [
  { name: 'column:part', title: 'part', summary: '', kind: 'column', parameters: [] },
  { name: 'length', title: 'Length', summary: '', kind: 'annotator', parameters: [option('form', 'str'), option('ranges', 'int')] },
  { name: 'regular_expression', title: 'R', summary: '', kind: 'annotator', parameters: [option('pattern', 'str'), option('ignore_case', 'bool')] },
] as unknown as LabelSource[];

describe('labels of slices in the address', () => {
  it.each<Sliced>([
    { name: 'column:part', side: 'source', parameters: {} },
    { name: 'length', side: 'reference', parameters: { form: 'class', ranges: 3 } },
    { name: 'regular_expression', side: 'source', parameters: { pattern: '^(a|b)?&=%', ignore_case: true } },
  ])('come back as they were: $name', (label) => {
    expect(readSliced(writeSliced(label), LABELS)).toEqual(label);
    expect(labelBody(label)).toMatchObject({ ...label, minimum: 1, classes: null });
  });

  it('of other corpora, and options that are none, are left out', () => {
    expect(readSliced('mood', LABELS)).toBeNull();
    expect(readSliced('length?ranges=many&colour=red', LABELS)).toEqual({ name: 'length', side: 'source', parameters: {} });
  });
});

describe('outcomes and words in the address', () => {
  it('come back as they were', () => {
    expect(readOutcome('contains:l\'été: non')).toEqual({ kind: 'contains', name: 'l\'été: non' });
    expect(readOutcome('changed')).toEqual({ kind: 'changed', name: '' });
    expect(readOutcome('liked')).toBeNull();
    expect(writeOutcome({ kind: 'column', name: 'tense' })).toBe('column:tense');
    expect(readNear('target.12')).toEqual({ side: 'target', word: 12 });
    expect(readNear('reference.1')).toBeNull();
  });
});

describe('the order of slices', () => {
  const slice = (name: string, sentences: number, value: number, difference: number | null): SliceInfo => {
    const score = { value, interval: 0, baseline: null, difference, difference_interval: null, p_value: null };
    return { name, sentences, changed_sentences: null, metrics: { bleu: score, chrf: { ...score, value: -value } }, bleu: null, chrf: null };
  };
  const all = [slice('a', 5, 30, -1), slice('b', 9, 20, 2), slice('c', 7, 25, -4)];
  const names = (sort: Parameters<typeof sortSlices>[1], metric: 'bleu' | 'chrf' = 'bleu', up = true) => sortSlices(all, sort, { name: metric, higher_is_better: up }).map((s) => s.name).join('');

  it('is that of the label, or by size, score or loss', () => {
    expect([names('label'), names('sentences'), names('score'), names('score', 'chrf'), names('difference')]).toEqual(['abc', 'bca', 'bca', 'acb', 'cab']);
    // Where lower is better, the highest is the worst, and a rise is a loss.
    expect([names('score', 'bleu', false), names('difference', 'bleu', false)]).toEqual(['acb', 'bac']);
  });
});

it('a model is offered the outcomes that it has', () => {
  const kinds = (task: string) => outcomesOf(task).map(([kind]) => kind);
  expect(kinds('translation')).toEqual(['changed', 'contains', 'reference', 'label', 'column']);
  expect(kinds('classification')).toEqual(['gives', 'changed', 'contains', 'reference', 'column']);
  expect(kinds('language-modelling')).toEqual(['gives', 'changed', 'column']);
});
