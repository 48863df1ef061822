/** How a text is laid out and which language it says it is: by its own letters, not only by its model's languages. */

export type Direction = 'ltr' | 'rtl' | 'auto';

export interface Written {
  dir: Direction;
  /** Language for fonts and screen readers; undefined where the letters are not those of the language. */
  lang: string | undefined;
}

/** Letters beyond this many say nothing new. */
const ENOUGH = 2000;

/** Hebrew to Arabic and their likes, their presentation forms, the old ones and Adlam; and the mark that is not seen. */
const RIGHT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}\u200f]/u;
const STRONG = /[\p{L}\u200e\u200f]/gu;

/** Scripts of languages that are written in several at once, by what Unicode calls the letters. */
const LETTERS: Record<string, readonly string[]> = {
  Hans: ['Han', 'Bopomofo'], Hant: ['Han', 'Bopomofo'], Jpan: ['Han', 'Hiragana', 'Katakana'], Kore: ['Hangul', 'Han'],
};

/** A code of a model (`arb_Arab`, `ar_AR`) as pages write it; undefined for none, or one that browsers do not know. */
export function languageTag(code: string | undefined): Intl.Locale | undefined {
  if (code === undefined || code === '' || code === 'und') return undefined;
  try {
    return new Intl.Locale(code.replaceAll('_', '-'));
  } catch {
    return undefined;
  }
}

/** Whether at least half of the letters are of the script that the language is written in. */
function isIn(letters: readonly string[], language: Intl.Locale): boolean {
  const script = language.maximize().script ?? '';
  try {
    const own = new RegExp(`[${(LETTERS[script] ?? [script]).map((name) => `\\p{scx=${name}}`).join('')}]`, 'u');
    return 2 * letters.filter((letter) => own.test(letter)).length >= letters.length;
  } catch {
    return true; // A script that the browser has no letters of contradicts nothing.
  }
}

/**
 * What stands for `dir` and `lang` of a text.
 *
 * A model for Arabic writes, and is compared with, French as well: the direction that is known of its
 * language holds where at least half of the letters are written in it, so that an Arabic sentence that begins
 * with a Latin name stays one; otherwise the first letter decides.
 */
export function writtenAs(text: string, known: Direction, language: string | undefined): Written {
  const letters = text.slice(0, ENOUGH).match(STRONG) ?? [];
  const tag = languageTag(language);
  const lang = tag !== undefined && isIn(letters, tag) ? tag.toString() : undefined;
  const [first] = letters;
  if (first === undefined) return { dir: known, lang };
  const right = letters.filter((letter) => RIGHT.test(letter)).length;
  const most: Direction = 2 * right > letters.length ? 'rtl' : 2 * right < letters.length ? 'ltr' : known;
  if (known !== 'auto' && most === known) return { dir: known, lang };
  return { dir: RIGHT.test(first) ? 'rtl' : 'ltr', lang };
}

/** Text that stands among other text where no element can, as in an option: what runs from the right moves nothing around it. */
export function isolated(text: string): string {
  return RIGHT.test(text) ? `\u2068${text}\u2069` : text;
}

/** Scripts that leave no space between words. */
const UNSPACED = /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

/** Words of a text, and whether a space stands before each: as spaces part them, and as its browser knows them where none do. */
export function wordsIn(text: string): { text: string; space: boolean }[] {
  return text.split(/\s+/).filter((part) => part !== '').flatMap((part) => {
    if (!UNSPACED.test(part)) return [{ text: part, space: true }];
    return [...new Intl.Segmenter(undefined, { granularity: 'word' }).segment(part)].map(({ segment, index }) => ({ text: segment, space: index === 0 }));
  });
}
