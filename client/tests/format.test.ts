import { describe, expect, it } from 'vitest';
import { percent } from '../src/lib/format';

describe('a share as per cent', () => {
  it('has a real minus sign, and small shares a digit', () => {
    expect([0.5, 0.004, -0.16, -0.004, 0, -0.0001, 0.0001].map(percent)).toEqual(['50 %', '0.4 %', '\u221216 %', '\u22120.4 %', '0 %', '> \u22120.1 %', '< 0.1 %']);
  });
});
