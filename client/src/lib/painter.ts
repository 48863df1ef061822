/**
 * Token rows: real text whose colour is a class name. Rows are built by components and painted from
 * here. Spans get nothing but paint (no padding, border, margin, weight or direction), since
 * anything that takes room would break the joining of Arabic letters.
 */
import { binClass, binOf, BINS, type NeuronScale } from './colour';

/** Class names by bin, made once: painting thousands of tokens should not join strings. */
const NAMES = Array.from({ length: 2 * BINS + 1 }, (_, i) => binClass(i - BINS));
const UNPAINTED = binClass(null);

/**
 * Give every token the class of its value's bin.
 *
 * @param tokens the row's elements, one a column
 * @param painted what the last call returned for these elements, so that only changes are written
 */
export function paintTokens(
  tokens: readonly Element[],
  values: ArrayLike<number>,
  start: number,
  scale: NeuronScale,
  painted: readonly string[] = [],
): string[] {
  return tokens.map((token, i) => {
    const value = values[start + i];
    const bin = value === undefined ? null : binOf(value - scale.centre, scale.limit);
    const name = bin === null ? UNPAINTED : (NAMES[bin + BINS] ?? UNPAINTED);
    if (painted[i] !== name) token.className = name;
    return name;
  });
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
  /** A name in signs of the model's own, as a language or a byte: read from the left in any text. */
  code: boolean;
}

export function columnsOf(
  view: { words: string[]; spaces: boolean[]; pieces: string[]; piece_words: number[] },
  pieces: boolean,
): Column[] {
  if (!pieces) {
    return view.words.map((text, i) => ({ text, space: view.spaces[i] ?? i > 0, word: i, special: false, code: false }));
  }
  return view.pieces.map((piece, i) => {
    const { text, space } = pieceText(piece);
    const word = view.piece_words[i] ?? -1;
    const special = word < 0 && text.trim() !== '';
    const before = view.pieces[i - 1];
    // Pieces of BERT do not say where a word begins; a low line that stands alone has said it.
    const begins = word >= 0 && word !== view.piece_words[i - 1] && before !== '\u2581' && (view.spaces[word] === true || (before !== undefined && (view.piece_words[i - 1] ?? -1) < 0));
    return { text: text === '' ? '\u2581' : text, space: space || special || begins, word, special, code: special || /^<.+>$/.test(text) };
  });
}

/** Token positions of a word: the pieces that it is made of. */
export function positionsOf(pieceWords: readonly number[], word: number): number[] {
  return pieceWords.flatMap((w, position) => (w === word ? [position] : []));
}
