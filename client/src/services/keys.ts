/** The keyboard of the page. Keys mean what they mean in a field while one is being typed in. */
import { signal } from '@preact/signals';
import { focus } from './ranking';
import { stepNeuron } from './walking';
import { add, remove } from './selection';
import { beginEdit } from './edits';
import { currentItem, items, stepItem } from './sentences';

export const KEYS: readonly (readonly [string, string])[] = [
  ['\u2190  \u2192', 'previous or next neuron of the ranking'],
  ['\u2191  \u2193', 'previous or next sentence'],
  ['+  \u2212', 'select or remove the neuron looked at'],
  ['/', 'find a neuron by its address'],
  ['n', 'type a sentence of your own'],
  ['e', 'edit a copy of the sentence and compare the two'],
  ['Tab', 'next pane or control; arrows move inside lists and grids'],
  ['Enter', 'in a list: select or remove; in the activations: mark a word'],
  ['Esc', 'close what is open, leave a field'],
  ['?', 'this help'],
];

export const helpOpen = signal(false);

function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return target.type !== 'checkbox';
  return target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement || target.isContentEditable;
}

function focusField(id: string): void {
  const element = document.getElementById(id);
  if (element instanceof HTMLInputElement) {
    element.focus();
    element.select();
  }
}

const ACTIONS: Record<string, () => void> = {
  ArrowLeft: () => {
    stepNeuron(-1);
  },
  ArrowRight: () => {
    stepNeuron(1);
  },
  ArrowUp: () => {
    stepItem(-1);
  },
  ArrowDown: () => {
    stepItem(1);
  },
  '+': () => {
    if (focus.peek() !== '') add(focus.peek());
  },
  '=': () => {
    if (focus.peek() !== '') add(focus.peek());
  },
  '-': () => {
    if (focus.peek() !== '') remove(focus.peek());
  },
  '/': () => {
    focusField('neuron-search');
  },
  n: () => {
    focusField('own-sentence');
  },
  e: () => {
    const item = items.peek().find((i) => i.key === currentItem.peek());
    if (item !== undefined) beginEdit(item);
  },
  '?': () => {
    helpOpen.value = true;
  },
};

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (typing(event.target)) {
    if (event.key === 'Escape' && event.target instanceof HTMLElement) event.target.blur();
    return;
  }
  if (helpOpen.peek() || document.querySelector('dialog[open]') !== null) return;
  const action = ACTIONS[event.key];
  if (action === undefined) return;
  event.preventDefault();
  action();
}

export function followKeys(): void {
  addEventListener('keydown', onKey);
}
