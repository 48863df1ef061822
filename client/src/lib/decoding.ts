/**
 * What the "Decoding" sheet keeps in the address, and how a beam tree is laid out. No state, no DOM.
 */
import type { BeamTreeView } from '../api/types';

/** What the output has to begin with: exact tokens of a model, or a text that the model cuts itself. */
export type Forced = { item: string; ids: number[] } | { item: string; text: string };

/** `c12~i~5.17.3` or `t0~t~The text`; the sentence is part of it, since a prefix fits no other. */
export function writeForced(forced: Forced): string {
  return 'ids' in forced ? `${forced.item}~i~${forced.ids.join('.')}` : `${forced.item}~t~${forced.text}`;
}

export function readForced(value: string): Forced | null {
  const match = /^(e?[ct]\d{1,8})~([it])~(.+)$/s.exec(value);
  if (match === null) return null;
  const [, item = '', kind, rest = ''] = match;
  if (kind === 't') return rest.trim() === '' || rest.length > 2000 ? null : { item, text: rest };
  const ids = rest.split('.').map((p) => (/^\d{1,8}$/.test(p) ? Number(p) : NaN));
  return ids.length <= 1000 && ids.every((i) => i <= 10_000_000) ? { item, ids } : null;
}

export type MapKind = 'cross' | 'encoder' | 'decoder';

/** Which attention is shown; null: the mean over layers, or over the heads of the layer. */
export interface Choice {
  kind: MapKind | null;
  layer: number | null;
  head: number | null;
}

/** `cross`, `cross.1` or `cross.1.3`; empty for the mean of the model's first kind. */
export function writeChoice({ kind, layer, head }: Choice): string {
  if (kind === null) return '';
  return [kind, ...(layer === null ? [] : [layer, ...(head === null ? [] : [head])])].join('.');
}

export function readChoice(value: string): Choice | null {
  if (value === '') return { kind: null, layer: null, head: null };
  const match = /^(cross|encoder|decoder)(?:\.(\d{1,3})(?:\.(\d{1,3}))?)?$/.exec(value);
  if (match === null) return null;
  const [, kind, layer, head] = match;
  return { kind: kind as MapKind, layer: layer === undefined ? null : Number(layer), head: head === undefined ? null : Number(head) };
}

/**
 * A piece as it is written, with a mark where a word begins. What cannot be seen alone can be: a vowel or
 * accent stands on a circle in place of its letter, and signs without a form have their number.
 */
export function pieceText(piece: string): string {
  const shown = piece.replace(/^[\u2581\u0120]+/, '\u00b7').replace(/\u010a/g, '\u00b6').replace(/^(\u00b7?)(?=\p{M})/u, '$1\u25cc');
  if (/^\u00b7?[\p{Cf}\p{Z}]+$/u.test(shown)) return shown.replace(/[\p{Cf}\p{Z}]/gu, (sign) => (sign === ' ' ? '\u2423' : `U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`));
  return shown === '' ? '(empty)' : shown;
}

/** Tokens from the root to a node, the node's own last. */
export function pathOf(tree: BeamTreeView, node: number): number[] {
  const found: number[] = [];
  for (let at = node; at >= 0; at = tree.parents[at] ?? -1) found.push(at);
  return found.reverse();
}

const ORDER: Record<BeamTreeView['fates'][number], number> = { winner: 0, finished: 1, left: 2, outranked: 3, pruned: 4 };

/**
 * A row for every node. Each hypothesis keeps one row from where it leaves its parent's to its end;
 * the best comes first, and a row is used again once nothing on it or beside it is left.
 */
export function layTree(tree: BeamTreeView): { rows: number[]; height: number } {
  const children = new Map<number, number[]>();
  tree.parents.forEach((parent, node) => {
    children.set(parent, [...(children.get(parent) ?? []), node]);
  });
  const better = (a: number, b: number) =>
    ORDER[tree.fates[a] ?? 'pruned'] - ORDER[tree.fates[b] ?? 'pruned'] || (tree.totals[b] ?? 0) - (tree.totals[a] ?? 0);
  const rows = new Array<number>(tree.parents.length).fill(-1);
  /** Steps taken on each row, as stretches. */
  const taken: [number, number][][] = [];
  const branches: { nodes: number[]; from: number }[] = [];
  const grow = (first: number, from: number) => {
    const nodes = [first];
    for (;;) {
      const next = [...(children.get(nodes.at(-1) ?? -1) ?? [])].sort(better);
      if (next.length === 0) break;
      nodes.push(next[0] ?? -1);
    }
    branches.push({ nodes, from });
    for (const node of nodes) for (const side of [...(children.get(node) ?? [])].sort(better).slice(1)) grow(side, node);
  };
  for (const root of [...(children.get(-1) ?? [])].sort(better)) grow(root, -1);
  branches.sort((a, b) => better(a.nodes.at(-1) ?? 0, b.nodes.at(-1) ?? 0));
  // Parents first: a branch is put as near below its parent's row as there is room.
  const waiting = [...branches];
  while (waiting.length > 0) {
    const at = waiting.findIndex((b) => b.from < 0 || (rows[b.from] ?? -1) >= 0);
    const branch = waiting.splice(Math.max(0, at), 1)[0];
    if (branch === undefined) break;
    const [start, end] = [tree.steps[branch.nodes[0] ?? 0] ?? 0, tree.steps[branch.nodes.at(-1) ?? 0] ?? 0];
    let row = branch.from < 0 ? 0 : Math.max(0, rows[branch.from] ?? 0) + 1;
    while ((taken[row] ?? []).some(([a, b]) => a <= end && start <= b)) row++;
    taken[row] = [...(taken[row] ?? []), [start, end]];
    for (const node of branch.nodes) rows[node] = row;
  }
  return { rows, height: taken.length };
}

const SPACED = /[\p{L}\p{N}]/u;
const UNSPACED = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}]/u;

/**
 * What a person typed as the beginning of a continuation: a new word is parted from the prompt by a
 * space, which the tokenizer of a language model reads as part of the word.
 */
export function continued(prompt: string, typed: string): string {
  const [last, first] = [[...prompt].at(-1) ?? '', [...typed][0] ?? ''];
  const words = [last, first].every((c) => SPACED.test(c) && !UNSPACED.test(c));
  return words ? ` ${typed}` : typed;
}

/** The piece that stands for a step or a column, to its word; -1 if it belongs to none. */
export function wordOf(pieceWords: readonly number[], piece: number): number {
  return pieceWords[piece] ?? -1;
}
