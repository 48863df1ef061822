/** Keeps the style sheet of the colour bins in step with the chosen palette. */
import { effect } from '@preact/signals';
import { paletteCss } from '../lib/colour';
import { viewed } from './store';

const palette = viewed.palette;

export function followPalette(): void {
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  effect(() => {
    sheet.replaceSync(paletteCss(palette.value));
  });
}
