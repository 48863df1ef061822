import { describe, expect, it } from 'vitest';
import {
  BINS, binClass, binColour, binOf, contrast, luminance, neuronScale, paletteCss, rampColour, shareOf, SIGN_BIN, spanOf,
  type Palette, type Theme,
} from '../src/lib/colour';

const PALETTES: Palette[] = ['rdbu', 'puor', 'mono'];
const THEMES: Theme[] = ['light', 'dark'];
const EVERY_BIN = Array.from({ length: 2 * BINS + 1 }, (_, i) => i - BINS);
const red = (hex: string) => Number.parseInt(hex.slice(1, 3), 16);
const blue = (hex: string) => Number.parseInt(hex.slice(5, 7), 16);

describe('bins', () => {
  it('are symmetric about zero', () => {
    for (const value of [0, 0.01, 0.3, 0.5, 0.9999, 1, 7]) {
      expect(binOf(-value, 1)).toBe(-(binOf(value, 1) ?? NaN) + 0);
    }
  });

  it('clip what lies beyond the ends', () => {
    expect(binOf(99, 3)).toBe(BINS);
    expect(binOf(-99, 3)).toBe(-BINS);
    expect(binOf(Infinity, 3)).toBe(BINS);
  });

  it('give a missing value no colour at all', () => {
    expect(binOf(NaN, 3)).toBeNull();
    expect(binClass(null)).toBe('v none');
  });

  it('leave a constant neuron unpainted', () => {
    expect(binOf(0.7, 0)).toBe(0);
  });
});

describe.each(PALETTES)('palette %s', (palette) => {
  it.each(THEMES)('can be read on every bin in the %s theme', (theme) => {
    for (const bin of EVERY_BIN) {
      const { background, text } = binColour(bin, palette, theme);
      expect(contrast(background, text), `bin ${bin}`).toBeGreaterThanOrEqual(4.5);
    }
  });

  it.each(THEMES)('gets stronger with distance from zero, alike on both sides, in the %s theme', (theme) => {
    const ground = luminance(binColour(0, palette, theme).background);
    for (const sign of [-1, 1]) {
      const distances = EVERY_BIN.filter((b) => b >= 0).map((b) =>
        Math.abs(luminance(binColour(sign * b, palette, theme).background) - ground),
      );
      for (let i = 1; i < distances.length; i++) expect(distances[i]).toBeGreaterThan(distances[i - 1] ?? 0);
    }
    const ends = [-BINS, BINS].map((b) => contrast(binColour(b, palette, theme).background, binColour(0, palette, theme).background));
    expect(Math.abs((ends[0] ?? 0) - (ends[1] ?? 0))).toBeLessThan(3);
  });

  it('has one rule a bin', () => {
    expect(paletteCss(palette).split('\n')).toHaveLength(2 * BINS + 1);
  });

  it('never shows a strong negative value by colour alone', () => {
    const rules = paletteCss(palette).split('\n');
    for (const rule of rules) {
      const bin = Number(/\.n(\d+)\{/.exec(rule)?.[1] ?? 0);
      if (bin >= SIGN_BIN) expect(rule).toContain('dotted');
      if (/\.p\d+\{/.test(rule)) expect(rule).not.toContain('dotted');
    }
  });

  it('takes no room: only paint', () => {
    expect(paletteCss(palette)).not.toMatch(/padding|margin|border|font-weight|display/);
  });
});

it('paints negative red and positive blue', () => {
  for (const theme of THEMES) {
    const [negative, positive] = [binColour(-BINS, 'rdbu', theme).background, binColour(BINS, 'rdbu', theme).background];
    expect(red(negative)).toBeGreaterThan(blue(negative));
    expect(blue(positive)).toBeGreaterThan(red(positive));
  }
});

describe('scale of a neuron', () => {
  const moments = { mean: 0.5, deviation: 0.1, minimum: -0.2, maximum: 0.9 };

  it('counts standard scores from the mean', () => {
    const scale = neuronScale('z', moments, []);
    expect(binOf(0.5 - scale.centre, scale.limit)).toBe(0);
    expect(binOf(0.8 - scale.centre, scale.limit)).toBe(BINS);
    expect(binOf(0.2 - scale.centre, scale.limit)).toBe(-BINS);
  });

  it('is symmetric about zero for raw values', () => {
    expect(neuronScale('raw', moments, [])).toMatchObject({ centre: 0, limit: 0.9 });
  });

  it('falls back on what is on the screen without statistics', () => {
    const none = { mean: null, deviation: null, minimum: null, maximum: null };
    expect(neuronScale('z', none, [0.2, -0.7, NaN])).toMatchObject({ centre: 0, limit: 0.7 });
  });
});

describe.each(THEMES)('shades of values without a sign, in the %s theme', (theme) => {
  const parts = Array.from({ length: 41 }, (_, i) => i / 40);
  it('can be read everywhere', () => {
    for (const part of parts) {
      const { background, text } = rampColour(part, theme);
      expect(contrast(background, text), String(part)).toBeGreaterThanOrEqual(4.5);
    }
  });
  it('go from the ground to the end without turning back', () => {
    const found = parts.map((part) => luminance(rampColour(part, theme).background));
    for (let i = 1; i < found.length; i++) {
      if (theme === 'light') expect(found[i]).toBeLessThan(found[i - 1] ?? 0);
      else expect(found[i]).toBeGreaterThan(found[i - 1] ?? 1);
    }
  });
  it('tell values of the middle apart', () => {
    // Two adjacent areas of this contrast are seen as different shades at a glance.
    const of = (part: number) => rampColour(part, theme).background;
    expect(contrast(of(0.45), of(0.65))).toBeGreaterThan(1.6);
    expect(contrast(of(0.45), of(0.5))).toBeGreaterThan(1.1);
  });
});

describe('shades over what there is', () => {
  it('run from the least value to the most', () => {
    const span = spanOf([[0.4, null], [0.6, 0.8]]);
    expect(span).toEqual([0.4, 0.8]);
    expect(shareOf(0.6, span)).toBeCloseTo(0.5);
    expect(shareOf(0.9, span)).toBe(1);
  });
  it('run over all that can be where the values are alike, or none is known', () => {
    expect(spanOf([[1]])).toEqual([0, 1]);
    expect(spanOf([[null]])).toEqual([0, 1]);
  });
});
