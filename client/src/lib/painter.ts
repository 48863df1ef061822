/**
 * Token rows: real text whose colour is a class name. Rows are built by components and painted from
 * here. Spans get nothing but paint (no padding, border, margin, weight or direction), since
 * anything that takes room would break the joining of Arabic letters.
 */
import { binClass, binOf, type NeuronScale } from './colour';

/** Give every token of a row the class of its value's bin. */
export function paintRow(row: Element, values: ArrayLike<number>, start: number, scale: NeuronScale): void {
  const tokens = row.children;
  for (let i = 0; i < tokens.length; i++) {
    const value = values[start + i];
    const name = binClass(value === undefined ? null : binOf(value - scale.centre, scale.limit));
    const token = tokens[i];
    if (token !== undefined && token.className !== name) token.className = name;
  }
}

/** A piece as text, and whether it begins a word: SentencePiece writes a space as a low line. */
export function pieceText(piece: string): { text: string; space: boolean } {
  return piece.startsWith('\u2581') ? { text: piece.slice(1), space: true } : { text: piece, space: false };
}

/** Columns of a text in the order of the frame: its words, or the pieces that the model sees. */
export interface Column {
  text: string;
  space: boolean;
  /** Word that it belongs to, -1 for special tokens. */
  word: number;
  special: boolean;
}

export function columnsOf(
  view: { words: string[]; spaces: boolean[]; pieces: string[]; piece_words: number[] },
  pieces: boolean,
): Column[] {
  if (!pieces) {
    return view.words.map((text, i) => ({ text, space: view.spaces[i] ?? i > 0, word: i, special: false }));
  }
  return view.pieces.map((piece, i) => {
    const { text, space } = pieceText(piece);
    const word = view.piece_words[i] ?? -1;
    const special = word < 0 && /^<.*>$/.test(piece);
    return { text: text === '' ? '\u2581' : text, space: space || special, word, special };
  });
}

/** Token positions of a word: the pieces that it is made of. */
export function positionsOf(pieceWords: readonly number[], word: number): number[] {
  return pieceWords.flatMap((w, position) => (w === word ? [position] : []));
}
