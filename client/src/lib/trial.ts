/** What an edit is tried for: which word should become which, and where it is meant to. */
import type { Holding } from '../api/types';

export interface Trial {
  word: string;
  wanted: string;
  /** Sentences that it is meant for; null for all. A value that is not chosen yet is empty. */
  holding: Holding | null;
}

/** `Il~Elle~source~Gender~Masc`, in which a tilde of the words is escaped. */
export function writeTrial({ word, wanted, holding }: Trial): string {
  const parts = holding === null ? [word, wanted] : [word, wanted, holding.side, holding.label, holding.value];
  return parts.map((part) => part.replaceAll('%', '%25').replaceAll('~', '%7E')).join('~');
}

/** Read what `writeTrial` wrote; null for anything else. */
export function readTrial(text: string): Trial | null {
  const [word, wanted, side, label, value, ...more] = text.split('~').map((part) => part.replaceAll('%7E', '~').replaceAll('%25', '%'));
  if (word === undefined || wanted === undefined || word.length > 100 || wanted.length > 100 || more.length > 0) return null;
  if (side === undefined) return { word, wanted, holding: null };
  if ((side !== 'source' && side !== 'reference') || label === undefined || label === '' || label.length > 200) return null;
  return value === undefined || value.length > 200 ? null : { word, wanted, holding: { side, label, value } };
}
