import { describe, expect, it } from 'vitest';
import { bytes, percent } from '../src/lib/format';

describe('a share as per cent', () => {
  it('has a real minus sign, and small shares a digit', () => {
    expect([0.5, 0.004, -0.16, -0.004, 0, -0.0001, 0.0001].map(percent)).toEqual(['50 %', '0.4 %', '\u221216 %', '\u22120.4 %', '0 %', '> \u22120.1 %', '< 0.1 %']);
  });
});

describe('a number of bytes', () => {
  it('has the largest unit that it fills, and no false precision', () => {
    expect([0, 999, 1000, 12_140_000, 240e9, 999_960_000, 5.04e12].map(bytes)).toEqual(['0 bytes', '999 bytes', '1.0 kB', '12.1 MB', '240 GB', '1.0 GB', '5.0 TB']);
  });
});
