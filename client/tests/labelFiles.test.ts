import { expect, test } from 'vitest';
import { FORMS, formOf, nameOf } from '../src/lib/labelFiles';

test('the name of a file says what it is and what its labels are called', () => {
  expect(['a.conllu', 'a.CONLL', 'b.tsv', 'test.source.ner.labels', 'x.label', 'places.txt', 'a.pdf', 'noend'].map(formOf)).toEqual([
    'conllu', 'conllu', 'table', 'pairs', 'pairs', 'words', null, null,
  ]);
  expect(['test.source.ner.labels', 'places.txt', 'noend', '.labels', 'a/b\\c.tsv', `${'x'.repeat(80)}.txt`].map(nameOf)).toEqual([
    'ner', 'places', 'noend', 'labels', 'c', 'x'.repeat(40),
  ]);
});

test('each form is explained by an example', () => {
  for (const { title, about, example } of FORMS) for (const text of [title, about, example]) expect(text).not.toBe('');
});
