/** Which words of two translations are not shared, and how to draw a text with some words marked. */

export interface Difference {
  /** Words of the first list that the second lost. */
  removed: number[];
  /** Words of the second list that the first does not have. */
  added: number[];
}

/** Longest common subsequence of two word lists; what is outside of it differs. */
export function wordDifference(before: readonly string[], after: readonly string[]): Difference {
  const [n, m] = [before.length, after.length];
  const width = m + 1;
  const lengths = new Uint16Array((n + 1) * width);
  const at = (i: number, j: number) => lengths[i * width + j] ?? 0;
  for (let i = n - 1; i >= 0; i--) {
    for (let j = m - 1; j >= 0; j--) {
      lengths[i * width + j] =
        before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const removed: number[] = [];
  const added: number[] = [];
  let [i, j] = [0, 0];
  while (i < n && j < m) {
    if (before[i] === after[j]) {
      i++;
      j++;
    } else if (at(i + 1, j) >= at(i, j + 1)) removed.push(i++);
    else added.push(j++);
  }
  while (i < n) removed.push(i++);
  while (j < m) added.push(j++);
  return { removed, added };
}

export interface Segment {
  /** First word of the segment. */
  first: number;
  words: string[];
  spaces: boolean[];
  marked: boolean;
}

/** Neighbouring words with the same mark drawn as one stretch, so that a changed phrase reads as one. */
export function segments(
  words: readonly string[],
  spaces: readonly boolean[],
  marked: readonly number[],
): Segment[] {
  const set = new Set(marked);
  const out: Segment[] = [];
  words.forEach((word, i) => {
    const last = out.at(-1);
    const mark = set.has(i);
    if (last?.marked === mark) {
      last.words.push(word);
      last.spaces.push(spaces[i] ?? false);
    } else out.push({ first: i, words: [word], spaces: [spaces[i] ?? false], marked: mark });
  });
  return out;
}
