/** A text with the words marked that another does not have, and one with some of its characters marked. */
import { wordDifference } from '../lib/diff';
import { wordsIn } from '../lib/writing';

/** `after`, with the words marked that `before` lacks. */
export function Changed({ before, after }: { before: string; after: string }) {
  const words = wordsIn(after);
  if (words.length === 0) return <span class="quiet">(nothing)</span>;
  const added = new Set(wordDifference(wordsIn(before).map((w) => w.text), words.map((w) => w.text)).added);
  return <>{words.map(({ text, space }, i) => [i > 0 && space ? ' ' : '', added.has(i) ? <ins key={i}>{text}</ins> : text])}</>;
}

export interface MarkedProps {
  text: string;
  /** First character and the one after the last of each place, in order. */
  places: readonly (readonly number[])[];
  /** Class of the place of that number. */
  kind: (place: number) => string;
}

export function Marked({ text, places, kind }: MarkedProps) {
  let done = 0;
  const parts = places.flatMap(([from = 0, to = 0], i) => {
    const before = text.slice(done, from);
    done = to;
    return [before, <mark key={i} class={kind(i)}>{text.slice(from, to)}</mark>];
  });
  return <>{parts}{text.slice(done)}</>;
}
