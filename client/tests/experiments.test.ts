import { describe, expect, it } from 'vitest';
import { listedCases, readOccupations } from '../src/services/bias';
import { numbersOf } from '../src/services/control';
import type { BiasResult } from '../src/api/types';

describe('what is typed into an experiment', () => {
  it('is read as numbers, in order and each once', () => {
    expect(numbersOf('8, 0  2;2', false)).toEqual([0, 2, 8]);
    expect(numbersOf('\u22121.5, 3', false)).toEqual([-1.5, 3]);
    expect(numbersOf('5 1', true)).toEqual([1, 5]);
  });
  it('is refused where it is none', () => {
    for (const text of ['', 'five', '1.5', '0', '-1', '1e9']) expect(numbersOf(text, true), text).toBeNull();
  });
  it('is read as nouns with a stereotype', () => {
    expect(readOccupations('doctor, m\n\n head nurse F ')).toEqual({ found: { doctor: 'm', 'head nurse': 'f' } });
    expect(readOccupations('doctor, m\nnurse')).toEqual({ wrong: 'nurse' });
    expect(readOccupations('doctor x')).toEqual({ wrong: 'doctor x' });
  });
});

describe('sentences of the gender experiment', () => {
  const one = (before: string, after: string, gold: 'm' | 'f', found: 'm' | 'f' | 'unknown') => ({
    source: '', noun: '', gold, stereotype: '' as const, before, after, found_before: 'm' as const, found_after: found,
  });
  const cases = [one('a', 'a', 'm', 'm'), one('a', 'b', 'f', 'm'), one('a', 'b', 'f', 'unknown')];
  it('are listed by what happened to them', () => {
    const found = { cases } as unknown as BiasResult;
    expect(listedCases(found, 'all')).toHaveLength(3);
    expect(listedCases(found, 'changed')).toHaveLength(2);
    expect(listedCases(found, 'wrong')).toEqual([cases[1]]);
  });
});
