/** A changed copy of a sentence: its source to type, what it is compared with, and how to open it. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { wordDifference } from '../lib/diff';
import { beginEdit, changeEdit, closeEdit, counterpart, wasOpened } from '../services/edits';
import { removeText, type PageItem } from '../services/sentences';
import type { Shown } from '../services/translations';
import { written } from '../services/writing';
import { Icon } from './Icon';

/** The source of a changed copy, typed here; the translation follows. */
export function CopySource({ item, of }: { item: PageItem; of: string }) {
  const [typed, setTyped] = useState(item.text);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const wanted = useRef(item.text);
  useEffect(() => {
    // The back button, or another view of the address, brought another text.
    if (item.text !== wanted.current) {
      wanted.current = item.text;
      setTyped(item.text);
    }
  }, [item.text]);
  useEffect(() => {
    if (wasOpened(of)) input.current?.focus();
    return () => { if (timer.current !== null) clearTimeout(timer.current); };
  }, []);
  return (
    <input
      ref={input}
      type="text"
      class="copy-source"
      aria-label="Changed source"
      {...written(typed, 'source')}
      value={typed}
      onInput={(e) => {
        const text = e.currentTarget.value;
        setTyped(text);
        if (timer.current !== null) clearTimeout(timer.current);
        timer.current = setTimeout(() => {
          wanted.current = text;
          changeEdit(of, text);
        }, TYPING);
      }}
    />
  );
}

/** Milliseconds without a key after which a changed source is translated. */
const TYPING = 200;

export function titleOf(item: PageItem): string {
  if (item.copyOf !== null) return `Changed copy of ${item.copyOf.startsWith('c') ? `sentence ${Number(item.copyOf.slice(1)) + 1}` : `your sentence ${Number(item.copyOf.slice(1)) + 1}`}`;
  return item.own === null ? `Sentence ${(item.sentence ?? 0) + 1}` : `Your sentence ${item.own + 1}`;
}

/** Number of a sentence, and what can be done with it as a whole. */
export function Mark({ item }: { item: PageItem }) {
  const title = titleOf(item);
  const { copyOf, own } = item;
  return (
    <div class="sentence-mark">
      <span class="numbers">{copyOf !== null ? 'edit' : own === null ? (item.sentence ?? 0) + 1 : 'you'}</span>
      {copyOf === null && (
        <button type="button" class="plain tiny edit-copy" aria-label={`Edit a copy: ${title}`} title="Edit a copy and compare (e)" onClick={() => { beginEdit(item); }}>
          <Icon name="edit" />
        </button>
      )}
      {own !== null && (
        <button type="button" class="plain tiny" aria-label="Remove this sentence" onClick={() => { removeText(own); }}>
          <Icon name="close" />
        </button>
      )}
      {copyOf !== null && (
        <button type="button" class="plain tiny" aria-label={`Close: ${title}`} onClick={(e) => { e.stopPropagation(); closeEdit(copyOf); }}>
          <Icon name="close" />
        </button>
      )}
    </div>
  );
}

/** Words of a sentence that its changed copy lost, or words of the copy that the sentence lacks. */
export function compared(item: PageItem, now: Shown): { source: number[]; target: number[] } | null {
  const other = counterpart(item)?.shown;
  if (other === undefined) return null;
  const [source, target] = [[now.source, other.source], [now.baseline.view, other.baseline.view]].map(([own, its]) =>
    item.copyOf === null ? wordDifference(own?.words ?? [], its?.words ?? []).removed : wordDifference(its?.words ?? [], own?.words ?? []).added,
  );
  return { source: source ?? [], target: target ?? [] };
}

/** A sentence of the user's own, or a copy of one. */
export function isOwn(item: PageItem): boolean {
  return (item.copyOf ?? item.key).startsWith('t');
}
