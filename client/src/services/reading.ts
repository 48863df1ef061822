/** The number behind the word under the pointer. */
import { computed } from '@preact/signals';
import { stackOf } from '../lib/address';
import { activationsLoad } from './activations';
import { hover, readHoverKey } from './hover';
import { momentsOf } from './neuron';
import { focus } from './ranking';
import { differenceOf } from './edits';
import { items, type PageItem } from './sentences';
import { viewed } from './store';
import { itemId } from './translations';

export interface Reading {
  neuron: string;
  text: string;
  /** Where the word is, for a person. */
  place: string;
  raw: number;
  z: number | null;
}

function valueOf(neuron: string, item: string, column: number): number | null {
  const data = activationsLoad[stackOf(neuron)].load.value.value;
  const [text, row] = [data?.texts.get(item), data?.rows.get(neuron)];
  if (text === undefined || row === undefined || column < 0 || column >= text.count) return null;
  return row[text.start + column] ?? null;
}

function placeOf(item: PageItem | undefined): string {
  if (item?.sentence !== undefined && item.sentence !== null) return `sentence ${item.sentence + 1}`;
  return item !== undefined && item.copyOf !== null ? 'the changed copy' : 'your sentence';
}

/** What a changed copy's value differs by from the sentence's. */
function readDifference(neuron: string, key: string, text: string, column: number | null): Reading | null {
  const id = /^(.*)\|difference\|\d+$/s.exec(key)?.[1];
  const copy = items.value.find((i) => i.copyOf !== null && itemId(i) === id);
  const raw = copy === undefined || column === null ? undefined : differenceOf(neuron, copy)?.values[column];
  if (raw === undefined || column === null) return null;
  if (Number.isNaN(raw)) return { neuron, text, place: 'a new word: there is nothing to compare', raw, z: null };
  const deviation = momentsOf(neuron)?.deviation ?? 0;
  return { neuron, text, place: `difference to the sentence, word ${column + 1}`, raw, z: deviation > 0 ? raw / deviation : null };
}

function read(neuron: string): Reading | null {
  const now = hover.value;
  if (now === null || neuron === '') return null;
  if (/\|difference\|\d+$/.test(now.key)) return readDifference(neuron, now.key, now.text, now.column);
  const key = readHoverKey(now.key);
  const special = /^(.*)\|special\|(\d+)$/s.exec(now.key);
  const item = key?.item ?? special?.[1];
  if (item === undefined) return null;
  const pieces = viewed.word.value === 'pieces';
  const column = now.column ?? (pieces ? -1 : (key?.word ?? -1));
  const kind = activationsLoad[stackOf(neuron)].load.value.value?.texts.get(item)?.kind;
  if (key !== null && key.side !== (kind === 'translation' ? 'target' : kind)) return null;
  const raw = valueOf(neuron, item, column);
  if (raw === null) return null;
  const known = momentsOf(neuron);
  const z = known?.mean !== null && known !== null && known.deviation !== null && known.deviation > 0
    ? (raw - known.mean) / known.deviation
    : null;
  const shown = items.value.find((i) => itemId(i) === item);
  return { neuron, text: now.text, place: `${placeOf(shown)}, ${pieces ? 'piece' : 'word'} ${column + 1}`, raw, z };
}

/** Of the row under the pointer, or of the neuron looked at where a word is pointed at elsewhere. */
export const reading = computed<Reading | null>(() => read(hover.value?.neuron ?? focus.value));

/** Of the neuron looked at, for its histogram. */
export const focusReading = computed<Reading | null>(() => read(focus.value));
