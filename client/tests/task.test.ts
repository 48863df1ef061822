import { expect, test } from 'vitest';
import type { ModelInfo } from '../src/api/types';
import { parameters } from '../src/lib/format';
import { ofLanguage, whatFor, whyUnscorable, wordsOf, writes } from '../src/lib/task';

test('a sentence is asked for in the language of the model', () => {
  expect(ofLanguage('en')).toBe('an English sentence');
  expect(ofLanguage('fr')).toBe('a French sentence');
  expect(ofLanguage('eng_Latn')).toBe('an English sentence');
  expect(ofLanguage('arb_Arab')).toBe('an Arabic sentence');
  expect(ofLanguage('zho_Hant')).toMatch(/Traditional|Hant|TW|Taiwan/);
  for (const code of [undefined, '', 'und', 'not a code!']) expect(ofLanguage(code)).toBe('a sentence');
});

test('the words of the page follow what the model does', () => {
  expect(wordsOf('classification').verb).toBe('Classify');
  expect(wordsOf('language-modelling').output).toBe('continuation');
  expect(wordsOf(undefined).pane).toBe('Translations');
  expect([writes('translation'), writes('encoding'), writes('token-classification')]).toEqual([true, false, false]);
});

test('a model is said by its languages where they are known, and by its size', () => {
  const model = { task: 'translation', source_language: 'en', target_language: 'fr' } as ModelInfo;
  expect(whatFor(model)).toBe('en\u2192fr');
  expect(whatFor({ ...model, target_language: 'und' })).toBe('translation');
  expect(whatFor({ ...model, task: 'token-classification' })).toBe('token classification');
  expect([310e6, 1.3e9, 4600, 12].map(parameters)).toEqual([
    '310.0 M parameters', '1.3 billion parameters', '4.6 thousand parameters', '12 parameters',
  ]);
});

test('only what has an output and something to compare it with is scored', () => {
  expect(whyUnscorable('translation', true)).toBeNull();
  expect(whyUnscorable('language-modelling', false)).toBeNull();
  expect(whyUnscorable('translation', false)).toContain('no references');
  expect(whyUnscorable('token-classification', false)).toContain('no labels');
  expect(whyUnscorable('encoding', true)).toContain('no output');
});
