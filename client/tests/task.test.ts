import { expect, test } from 'vitest';
import { ofLanguage, wordsOf, writes } from '../src/lib/task';

test('a sentence is asked for in the language of the model', () => {
  expect(ofLanguage('en')).toBe('an English sentence');
  expect(ofLanguage('fr')).toBe('a French sentence');
  expect(ofLanguage('eng_Latn')).toContain('English');
  for (const code of [undefined, '', 'und', 'not a code!']) expect(ofLanguage(code)).toBe('a sentence');
});

test('the words of the page follow what the model does', () => {
  expect(wordsOf('classification').verb).toBe('Classify');
  expect(wordsOf('language-modelling').output).toBe('continuation');
  expect(wordsOf(undefined).pane).toBe('Translations');
  expect([writes('translation'), writes('encoding'), writes('token-classification')]).toEqual([true, false, false]);
});
