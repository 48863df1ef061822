/** Marked words of the corpus, and as stretches for the server. All marks are of one side. */

export interface Mark {
  side: 'source' | 'reference';
  sentence: number;
  word: number;
}

function same(a: Mark, b: Mark): boolean {
  return a.side === b.side && a.sentence === b.sentence && a.word === b.word;
}

/**
 * The marks after a stretch from one word to another of the same sentence was marked, or unmarked if
 * its first word was marked. A mark on the other side begins anew.
 */
export function toggled(marks: readonly Mark[], from: Mark, to: Mark): Mark[] {
  const kept = marks.filter((m) => m.side === from.side);
  const on = !kept.some((m) => same(m, from));
  const [first, last] = [Math.min(from.word, to.word), Math.max(from.word, to.word)];
  const rest = kept.filter((m) => m.sentence !== from.sentence || m.word < first || m.word > last);
  if (!on) return rest;
  const added = Array.from({ length: last - first + 1 }, (_, i) => ({ ...from, word: first + i }));
  return [...rest, ...added];
}

/** Neighbouring words of a sentence as one stretch, in order. */
export function spansOf(marks: readonly Mark[]): { sentence: number; first: number; last: number }[] {
  const sorted = [...marks].sort((a, b) => a.sentence - b.sentence || a.word - b.word);
  const spans: { sentence: number; first: number; last: number }[] = [];
  for (const { sentence, word } of sorted) {
    const before = spans.at(-1);
    if (before?.sentence === sentence && before.last >= word - 1) before.last = Math.max(before.last, word);
    else spans.push({ sentence, first: word, last: word });
  }
  return spans;
}
