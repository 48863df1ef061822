import { expect, test } from 'vitest';
import { isolated, languageTag, wordsIn, writtenAs } from '../src/lib/writing';

const ARABIC = '\u0647\u0648 \u0641\u064a\u0644\u0645 \u062c\u062f\u064a\u062f';
const HEBREW = '\u05d4\u05d9\u05dc\u05d3 \u05d4\u05dc\u05da';

test('a text is laid out by its own letters, whatever language its model writes', () => {
  expect(writtenAs('Le chat dort (en 2024).', 'rtl', 'arb_Arab')).toEqual({ dir: 'ltr', lang: undefined });
  expect(writtenAs(`${ARABIC} 2024.`, 'ltr', 'fra_Latn')).toEqual({ dir: 'rtl', lang: undefined });
  expect(writtenAs(`${HEBREW}.`, 'rtl', 'arb_Arab')).toEqual({ dir: 'rtl', lang: undefined });
  expect(writtenAs('\u6211\u7231\u4f60\u3002', 'rtl', 'ar').dir).toBe('ltr');
  expect(writtenAs('\u0e20\u0e32\u0e29\u0e32\u0e44\u0e17\u0e22', 'auto', '').dir).toBe('ltr');
});

test('a text in the language of its model keeps its direction, whatever word it begins with', () => {
  expect(writtenAs(`Star Wars ${ARABIC}`, 'rtl', 'arb_Arab')).toEqual({ dir: 'rtl', lang: 'ar-Arab' });
  expect(writtenAs(`${HEBREW} is Hebrew for these two`, 'ltr', 'eng_Latn')).toEqual({ dir: 'ltr', lang: 'en-Latn' });
  // Of an unknown language the first letter decides, as of any text on a page.
  expect(writtenAs(`Star Wars ${ARABIC}`, 'auto', 'und').dir).toBe('ltr');
  expect(writtenAs(`\u00ab15\u00bb ${ARABIC} NeuroX is long enough`, 'auto', '').dir).toBe('rtl');
  // Without a letter nothing speaks against the language.
  expect(writtenAs('15 (2024)', 'rtl', 'ar')).toEqual({ dir: 'rtl', lang: 'ar' });
});

test('the language is said where the letters are its own, in all of its scripts', () => {
  expect(writtenAs('\u6771\u4eac\u306b\u884c\u304f', 'ltr', 'ja').lang).toBe('ja');
  expect(writtenAs('\u6211\u7231\u4f60', 'ltr', 'zho_Hans').lang).toBe('zh-Hans');
  expect(writtenAs('I love you', 'ltr', 'zho_Hans').lang).toBeUndefined();
  expect(writtenAs('\u043e\u043d \u0443\u0448\u0435\u043b', 'ltr', 'ru').lang).toBe('ru');
  expect([undefined, '', 'und', 'not a code!'].map(languageTag)).toEqual([undefined, undefined, undefined, undefined]);
  expect(languageTag('ar_AR')?.toString()).toBe('ar-AR');
});

test('only what runs from the right has to be kept from moving what stands beside it', () => {
  expect(isolated('He left.')).toBe('He left.');
  expect(isolated(HEBREW)).toBe(`\u2068${HEBREW}\u2069`);
});

test('words are told apart where no space stands between them', () => {
  expect(wordsIn('He left. ').map((w) => w.text)).toEqual(['He', 'left.']);
  const chinese = wordsIn('\u6211\u7231\u4f60\u3002 ok');
  expect(chinese.length).toBeGreaterThan(2);
  expect(chinese.map((w, i) => (i > 0 && w.space ? ' ' : '') + w.text).join('')).toBe('\u6211\u7231\u4f60\u3002 ok');
});
