/** Editing the source: a changed copy of any sentence, compared with the sentence in all panes. */
import { stackOf } from '../lib/address';
import { partners } from '../lib/edits';
import { columnsOf } from '../lib/painter';
import { MAX_EDITS, MAX_TEXT_LENGTH } from '../lib/view';
import { activationsLoad, type ActivatedText } from './activations';
import { notify } from './notices';
import { items, setItem, type PageItem } from './sentences';
import { change, view, viewed } from './store';
import { itemId, shown, type Shown } from './translations';

/** The copy that was opened just now, whose field is to be typed in; it is read once. */
let opened = '';

export function wasOpened(of: string): boolean {
  const found = opened === of;
  if (found) opened = '';
  return found;
}

/** Open a changed copy of a sentence; at first it is the sentence itself. */
export function beginEdit(item: PageItem): void {
  const now = view.peek().edits;
  const of = item.copyOf ?? item.key;
  if (now.some((e) => e.of === of)) {
    setItem(`e${of}`, { reveal: true });
    return;
  }
  if (now.length >= MAX_EDITS) {
    notify('warning', `${MAX_EDITS} sentences have a changed copy, which is the most. Close one first.`);
    return;
  }
  opened = of;
  change({ edits: [...now, { of, text: item.text }], item: `e${of}` }, { push: true });
}

/** What a person typed so far; a copy without a word is not translated. */
export function changeEdit(of: string, text: string): void {
  const kept = text.slice(0, MAX_TEXT_LENGTH);
  if (kept.trim() === '') return;
  change({ edits: view.peek().edits.map((e) => (e.of === of ? { of, text: kept } : e)) });
}

export function closeEdit(of: string): void {
  change({ edits: view.peek().edits.filter((e) => e.of !== of), item: of }, { push: true });
}

/** The sentence that an item is a copy of, or the copy of a sentence: what it is compared with. */
export function counterpart(item: PageItem): { item: PageItem; shown: Shown | undefined } | null {
  const key = item.copyOf ?? `e${item.key}`;
  const other = items.value.find((i) => i.key === key);
  return other === undefined ? null : { item: other, shown: shown.value.get(itemId(other)) };
}

export interface Differences {
  text: ActivatedText;
  /** The copy's value less the sentence's, NaN at words that only one of them has. */
  values: Float32Array;
}

/** What a neuron's activation changed by at each word of a copy; null while something is missing. */
export function differenceOf(neuron: string, copy: PageItem): Differences | null {
  const data = activationsLoad[stackOf(neuron)].load.value.value;
  const original = items.value.find((i) => i.key === copy.copyOf);
  if (data === null || original === undefined) return null;
  const [from, to] = [data.texts.get(itemId(original)), data.texts.get(itemId(copy))];
  const row = data.rows.get(neuron);
  if (from === undefined || to === undefined || row === undefined) return null;
  const pieces = viewed.word.value === 'pieces';
  const [before, after] = [from, to].map((t) => columnsOf(t.view, pieces).map((c) => c.text)) as [string[], string[]];
  const values = Float32Array.from(partners(before, after), (at, i) =>
    at < 0 ? NaN : (row[to.start + i] ?? NaN) - (row[from.start + at] ?? NaN),
  );
  return { text: { ...to, start: 0 }, values };
}
