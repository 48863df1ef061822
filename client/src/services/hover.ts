/**
 * The word under the pointer, or under the keyboard in a grid of tokens. Every place that shows the
 * same word carries the same `data-h` key; it is lit by an attribute set from here, outside of the
 * components, so that moving the pointer redraws nothing.
 */
import { effect, signal } from '@preact/signals';

export interface Hover {
  /** `item|side|word`. */
  key: string;
  /** The word or piece. */
  text: string;
  /** Neuron of the row, if the pointer is in the activations. */
  neuron: string | null;
  /** Column within its text, if the pointer is in the activations. */
  column: number | null;
}

export const hover = signal<Hover | null>(null);

export function hoverKey(item: string, side: string, word: number): string {
  return `${item}|${side}|${word}`;
}

/** Read a key; null if it is none. Item keys of own sentences may hold any character. */
export function readHoverKey(key: string): { item: string; side: string; word: number } | null {
  const match = /^(.*)\|(source|target|reference)\|(\d+)$/s.exec(key);
  return match === null ? null : { item: match[1] ?? '', side: match[2] ?? '', word: Number(match[3]) };
}

function fromElement(element: HTMLElement): Hover {
  const { h, n, c } = element.dataset;
  return {
    key: h ?? '', text: element.textContent.trim(), neuron: n ?? element.parentElement?.dataset.n ?? null,
    column: c === undefined ? null : Number(c),
  };
}

/** Follow the pointer inside an element. */
export function hoverTarget(event: Event): void {
  const target = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-h]') : null;
  const next = target === null ? null : fromElement(target);
  const now = hover.peek();
  if (next?.key !== now?.key || next?.neuron !== now?.neuron || next?.column !== now?.column) hover.value = next;
}

export function hoverElement(element: HTMLElement): void {
  hover.value = fromElement(element);
}

export function hoverNothing(): void {
  if (hover.peek() !== null) hover.value = null;
}

/** Light the word wherever it is on the screen. */
export function followHover(): void {
  let lit: Element[] = [];
  effect(() => {
    const key = hover.value?.key;
    for (const element of lit) element.removeAttribute('data-lit');
    lit = key === undefined || key === '' ? [] : [...document.querySelectorAll(`[data-h="${CSS.escape(key)}"]`)];
    for (const element of lit) element.setAttribute('data-lit', '');
  });
}
