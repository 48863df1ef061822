import { describe, expect, it } from 'vitest';
import { segments, wordDifference } from '../src/lib/diff';

const words = (text: string) => text.split(' ');

describe('changed words', () => {
  it('finds a replaced word on both sides', () => {
    expect(wordDifference(words('il est parti hier'), words('il était parti hier'))).toEqual({ removed: [1], added: [1] });
  });

  it('sees words that only went or only came', () => {
    expect(wordDifference(words('a b c'), words('a c'))).toEqual({ removed: [1], added: [] });
    expect(wordDifference(words('a c'), words('a b c'))).toEqual({ removed: [], added: [1] });
  });

  it('is not a bag of words: a word that moved is a change', () => {
    const { removed, added } = wordDifference(words('a b'), words('b a'));
    expect(removed).toHaveLength(1);
    expect(added).toHaveLength(1);
  });

  it('leaves the same words on both sides when the marked ones are taken out', () => {
    const [before, after] = [words('the cat sat on the mat today'), words('a cat lay on the mat')];
    const { removed, added } = wordDifference(before, after);
    expect(before.filter((_, i) => !removed.includes(i))).toEqual(after.filter((_, i) => !added.includes(i)));
  });

  it('knows nothing and everything', () => {
    expect(wordDifference([], ['a'])).toEqual({ removed: [], added: [0] });
    expect(wordDifference(['a'], [])).toEqual({ removed: [0], added: [] });
    expect(wordDifference([], [])).toEqual({ removed: [], added: [] });
  });
});

describe('segments', () => {
  it('join neighbouring changed words into one mark', () => {
    const parts = segments(['Il', 'est', 'parti', '.'], [false, true, true, false], [1, 2]);
    expect(parts.map((p) => [p.marked, p.words.join(' ')])).toEqual([[false, 'Il'], [true, 'est parti'], [false, '.']]);
    expect(parts.map((p) => p.first)).toEqual([0, 1, 3]);
  });

  it('lose no word and no space', () => {
    const spaces = [false, true, false, true];
    const parts = segments(["l'", 'homme', ',', 'là'], spaces, [0, 3]);
    expect(parts.flatMap((p) => p.words)).toEqual(["l'", 'homme', ',', 'là']);
    expect(parts.flatMap((p) => p.spaces)).toEqual(spaces);
  });
});
