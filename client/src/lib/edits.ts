/** Changed copies of sentences: which belong to which, and which of their words correspond. */
import { wordDifference } from './diff';
import type { EditedText } from './view';

/** The changed copies when the list of own sentences has become another: each stays with its text. */
export function editsAfter(edits: readonly EditedText[], before: readonly string[], after: readonly string[]): EditedText[] {
  const found = edits.flatMap((edit) => {
    const own = /^t(\d+)$/.exec(edit.of)?.[1];
    if (own === undefined) return [edit];
    const text = before[Number(own)];
    const at = text === undefined ? -1 : after.indexOf(text);
    return at < 0 ? [] : [{ of: `t${at}`, text: edit.text }];
  });
  return found.filter((e, i) => found.findIndex((other) => other.of === e.of) === i);
}

/** For each word of the second list the word of the first that it is, or -1 for a new one. */
export function partners(before: readonly string[], after: readonly string[]): number[] {
  const { removed, added } = wordDifference(before, after);
  const [gone, fresh] = [new Set(removed), new Set(added)];
  const kept = before.flatMap((_, i) => (gone.has(i) ? [] : [i]));
  let next = 0;
  return after.map((_, i) => (fresh.has(i) ? -1 : (kept[next++] ?? -1)));
}
