import { describe, expect, it } from 'vitest';
import {
  between, choice, entriesWith, entriesWithout, filledIn, flag, isEntry, listed, names, options, several, typed, words, written, type Kinds,
} from '../src/lib/filled';

interface Form {
  text: string;
  own: string | null;
  which: 'a' | 'b';
  parts: ('x' | 'y' | 'z')[];
  layers: string[];
  classes: string[] | null;
  on: boolean;
  share: number;
  chosen: Record<string, string | number | boolean>;
}

const BASE: Form = { text: '1, 5', own: null, which: 'a', parts: ['x', 'y'], layers: [], classes: null, on: true, share: 0.2, chosen: {} };
const KINDS: Kinds<Form> = {
  text: words, own: typed, which: choice(['a', 'b']), parts: several(['x', 'y', 'z']), layers: names, classes: listed, on: flag, share: between(0, 1), chosen: options,
};

describe('a form in the address', () => {
  it('writes only what differs from what it begins with', () => {
    expect(entriesWith('f', KINDS, BASE, ['other.text~kept'], BASE)).toEqual(['other.text~kept']);
    expect(entriesWith<Form>('f', KINDS, BASE, ['f.text~old'], { ...BASE, which: 'b' })).toEqual(['f.which~b']);
  });
  it('comes back as it was, whatever was typed', () => {
    const filled: Form = {
      text: '~ & = \n\u00fc', own: '', which: 'b', parts: [], layers: ['encoder.1.rnn_hidden'], classes: [',', '~"'], on: false, share: 0.35, chosen: { window: 3, strict: true },
    };
    const entries = entriesWith('f', KINDS, BASE, [], filled);
    expect(entries.every(isEntry)).toBe(true);
    expect(filledIn('f', KINDS, BASE, entries)).toEqual(filled);
    expect(filledIn('other', KINDS, BASE, entries)).toEqual(BASE);
    expect(entriesWithout('f', entries)).toEqual([]);
  });
  it('tells an emptied text from one that was never touched', () => {
    expect(filledIn('f', KINDS, BASE, ['f.own~']).own).toBe('');
    expect(filledIn('f', KINDS, BASE, []).own).toBeNull();
    const emptied = entriesWith('f', KINDS, BASE, [], { ...BASE, classes: [] });
    expect(filledIn('f', KINDS, BASE, emptied).classes).toEqual([]);
  });
  it('ignores what a field does not take', () => {
    const bad = ['f.which~c', 'f.parts~x,q', 'f.on~yes', 'f.share~2', 'f.share~', 'f.chosen~[1]', 'f.chosen~{', 'f.chosen~{"a":null}', 'f.classes~a,b', 'f.classes~[1]'];
    for (const entry of bad) expect(filledIn('f', KINDS, BASE, [entry]), entry).toEqual(BASE);
    for (const text of ['', 'f.text', 'text~1', `f.text~${'x'.repeat(9000)}`]) expect(isEntry(text), text.slice(0, 20)).toBe(false);
  });
  it('leaves out a text that is too long for an address, and keeps the rest', () => {
    expect(written([`f.own~${'\u00fc'.repeat(1000)}`, 'f.text~5'])).toEqual(['f.text~5']);
    expect(written([`f.own~${'u'.repeat(1000)}`, 'f.text~5'])).toHaveLength(2);
  });
});
