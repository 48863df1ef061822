/** The number behind the word under the pointer. */
import { computed } from '@preact/signals';
import { stackOf } from '../lib/address';
import { activationsLoad } from './activations';
import { hover, readHoverKey } from './hover';
import { momentsOf } from './neuron';
import { focus } from './ranking';
import { items } from './sentences';
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

function read(neuron: string): Reading | null {
  const now = hover.value;
  if (now === null || neuron === '') return null;
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
  const sentence = shown?.own === null ? `sentence ${(shown.sentence ?? 0) + 1}` : 'your sentence';
  return { neuron, text: now.text, place: `${sentence}, ${pieces ? 'piece' : 'word'} ${column + 1}`, raw, z };
}

/** Of the row under the pointer, or of the neuron looked at where a word is pointed at elsewhere. */
export const reading = computed<Reading | null>(() => read(hover.value?.neuron ?? focus.value));

/** Of the neuron looked at, for its histogram. */
export const focusReading = computed<Reading | null>(() => read(focus.value));
