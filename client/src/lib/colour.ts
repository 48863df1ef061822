/**
 * The one meaning of colour: red is negative, blue is positive, the page's own background is zero.
 *
 * Values fall into 41 bins, -20 to 20, symmetric about zero; a token's bin is a class name, so that
 * repainting thousands of tokens touches nothing but class names, and a change of palette or theme
 * touches one style sheet. Colours are mixed in OKLab, where equal steps look equal. The text on a
 * bin is whichever of the theme's ink, black and white can be read on it (WCAG AA asks for 4.5).
 * Clearly negative bins also carry a dotted underline: a sign is never shown by colour alone.
 */

export const BINS = 20;

export type Palette = 'rdbu' | 'puor' | 'mono';
export type Theme = 'light' | 'dark';
export type Scale = 'z' | 'raw';

/** Where the colours of standard scores end: three standard deviations. */
export const Z_LIMIT = 3;

/** From this bin on a negative value is underlined as well. */
export const SIGN_BIN = 6;

const GROUND: Record<Theme, string> = { light: '#ffffff', dark: '#171a21' };
const INK: Record<Theme, string> = { light: '#1a1d24', dark: '#e7e9ee' };

/** Half way to the end, and the end, of each side. Light ends are near ColorBrewer's RdBu and PuOr,
 * with purple lifted to the strength of orange. */
const STOPS: Record<Theme, Record<Palette, { negative: string[]; positive: string[] }>> = {
  light: {
    rdbu: { negative: ['#f0a48a', '#b2182b'], positive: ['#8fc1e0', '#2166ac'] },
    puor: { negative: ['#f2b36a', '#b35806'], positive: ['#b3a3dd', '#6b46a8'] },
    mono: { negative: ['#dfe1e6', '#b9bdc7'], positive: ['#dfe1e6', '#b9bdc7'] },
  },
  dark: {
    rdbu: { negative: ['#843238', '#f0705c'], positive: ['#2b5f96', '#62aef2'] },
    puor: { negative: ['#7d4a14', '#f0a04a'], positive: ['#574890', '#b6a2f4'] },
    mono: { negative: ['#333844', '#565d6d'], positive: ['#333844', '#565d6d'] },
  },
};

type Triple = [number, number, number];

function channels(hex: string): Triple {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255];
}

const linear = (c: number) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
const encoded = (c: number) => (c <= 0.0031308 ? c * 12.92 : 1.055 * c ** (1 / 2.4) - 0.055);

/** sRGB to OKLab (Ottosson 2020). */
function toLab(hex: string): Triple {
  const [r, g, b] = channels(hex).map(linear) as Triple;
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function fromLab([L, a, b]: Triple): string {
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const rgb = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  const bytes = rgb.map((c) => Math.round(255 * Math.min(1, Math.max(0, encoded(Math.max(0, c))))));
  return `#${bytes.map((c) => c.toString(16).padStart(2, '0')).join('')}`;
}

function mix(from: string, to: string, share: number): string {
  const [a, b] = [toLab(from), toLab(to)];
  return fromLab(a.map((x, i) => x + ((b[i] ?? 0) - x) * share) as Triple);
}

/** WCAG relative luminance. */
export function luminance(hex: string): number {
  const [r, g, b] = channels(hex).map(linear) as Triple;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG contrast ratio, 1 to 21. */
export function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

export interface BinColour {
  background: string;
  text: string;
}

/** Background and text colour of a bin. */
export function binColour(bin: number, palette: Palette, theme: Theme): BinColour {
  const ground = GROUND[theme];
  const side = STOPS[theme][palette][bin < 0 ? 'negative' : 'positive'];
  const [middle, end] = [side[0] ?? ground, side[1] ?? ground];
  const share = Math.min(1, Math.abs(bin) / BINS);
  const background =
    bin === 0
      ? ground
      : share <= 0.5
        ? mix(ground, middle, share * 2)
        : mix(middle, end, share * 2 - 1);
  return readable(background, theme);
}

/** A background with the text that can be read on it. */
function readable(background: string, theme: Theme): BinColour {
  const ink = INK[theme];
  if (contrast(background, ink) >= 4.5) return { background, text: ink };
  const black = contrast(background, '#000000');
  const white = contrast(background, '#ffffff');
  return { background, text: black >= white ? '#000000' : '#ffffff' };
}

/** Where the scale of values that have no sign ends: far from the ground, so that small steps can be told apart. */
const FULL: Record<Theme, string> = { light: '#0d3a75', dark: '#9bcbff' };

/** Background and text colour of a value without a sign, from 0, the ground, to 1; equal steps look equal. */
export function rampColour(part: number, theme: Theme): BinColour {
  return readable(mix(GROUND[theme], FULL[theme], Math.max(0, Math.min(1, part || 0))), theme);
}

/** The least and the most of a table, for shades over what there is; 0 to 1 where all are alike. */
export function spanOf(values: readonly (readonly (number | null)[])[]): readonly [number, number] {
  const known = values.flat().filter((v) => v !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return high > low ? [low, high] : [0, 1];
}

/** How far along a span a value is, 0 to 1. */
export function shareOf(value: number, [low, high]: readonly [number, number]): number {
  return Math.max(0, Math.min(1, (value - low) / (high - low)));
}

/** The colour of `rampColour` for both themes, as a style. */
export function rampStyle(part: number): { background: string; color: string } {
  const [light, dark] = [rampColour(part, 'light'), rampColour(part, 'dark')];
  return { background: `light-dark(${light.background}, ${dark.background})`, color: `light-dark(${light.text}, ${dark.text})` };
}

/** The bin of a value whose colours end at +-limit; no value (NaN) has none. */
export function binOf(value: number, limit: number): number | null {
  if (Number.isNaN(value)) return null;
  if (!(limit > 0)) return 0;
  const bin = Math.round((Math.max(-1, Math.min(1, value / limit)) || 0) * BINS);
  return bin === 0 ? 0 : bin;
}

/** Class name of a bin. */
export function binClass(bin: number | null): string {
  if (bin === null) return 'v none';
  return bin < 0 ? `v n${-bin}` : `v p${bin}`;
}

/** The rule for every bin of a palette, both themes in one. */
export function paletteCss(palette: Palette): string {
  const rules: string[] = [];
  for (let bin = -BINS; bin <= BINS; bin++) {
    const [light, dark] = [binColour(bin, palette, 'light'), binColour(bin, palette, 'dark')];
    const name = bin < 0 ? `n${-bin}` : `p${bin}`;
    const paint =
      bin === 0
        ? ''
        : `background-color:light-dark(${light.background},${dark.background});` +
          `color:light-dark(${light.text},${dark.text});`;
    rules.push(`.v.${name}{${paint}${decoration(bin, palette)}}`);
  }
  return rules.join('\n');
}

function decoration(bin: number, palette: Palette): string {
  const size = Math.abs(bin);
  if (palette === 'mono') {
    if (size < 3) return '';
    const thickness = size < 8 ? 1 : size < 14 ? 2 : 4;
    return `text-decoration:underline ${bin < 0 ? 'dotted' : 'solid'} ${thickness}px;text-underline-offset:3px;`;
  }
  return bin <= -SIGN_BIN
    ? 'text-decoration:underline dotted 1.5px;text-underline-offset:3px;'
    : '';
}

/** What is needed to turn one neuron's raw values into bins. */
export interface NeuronScale {
  centre: number;
  /** Distance from the centre, in raw units, at which the colours end. */
  limit: number;
  /** Standard deviation, if known. */
  deviation: number | null;
}

export interface NeuronMoments {
  mean: number | null;
  deviation: number | null;
  minimum: number | null;
  maximum: number | null;
}

/**
 * Standard scores end at three deviations about the mean; raw values at the larger of the neuron's
 * two extremes about zero. Without statistics of the corpus the values on the screen stand in.
 */
export function neuronScale(
  scale: Scale,
  moments: NeuronMoments,
  seen: ArrayLike<number>,
): NeuronScale {
  const { mean, deviation } = moments;
  if (scale === 'z' && mean !== null && deviation !== null && deviation > 0) {
    return { centre: mean, limit: Z_LIMIT * deviation, deviation };
  }
  let extreme = Math.max(Math.abs(moments.minimum ?? 0), Math.abs(moments.maximum ?? 0));
  if (extreme === 0) {
    for (const value of Array.from(seen)) if (Math.abs(value) > extreme) extreme = Math.abs(value);
  }
  return { centre: 0, limit: extreme, deviation: deviation !== null && deviation > 0 ? deviation : null };
}
