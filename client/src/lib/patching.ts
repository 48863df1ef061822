/** Cells of the map that compares two runs: a layer or a neuron, at one position or at all. */
import { parseNeuron } from './address';
import { pieceText } from './decoding';

export interface Cell {
  /** A layer, or a neuron. */
  address: string;
  /** Null for all positions that both sentences have. */
  position: number | null;
}

/** `encoder.1.rnn_hidden@3`, `encoder.1.rnn_hidden[5]@all`. */
export function writeCell({ address, position }: Cell): string {
  return `${address}@${position === null ? 'all' : String(position)}`;
}

/** Read what `writeCell` wrote; null for anything else. */
export function readCell(text: string): Cell | null {
  const match = /^([^@]{1,80})@(all|\d{1,5})$/.exec(text);
  const [address, at] = [match?.[1], match?.[2]];
  if (address === undefined || at === undefined) return null;
  if (!/^(encoder|decoder)\.\d{1,4}\.[a-z_]+$/.test(address) && parseNeuron(address) === null) return null;
  return { address, position: at === 'all' ? null : Number(at) };
}

/** A cell in words: `encoder.1.rnn_hidden at 0 He`. */
export function saidCell({ address, position }: Cell, pieces: readonly string[]): string {
  if (position === null) return `${address} at all positions`;
  const piece = pieces[position];
  return `${address} at ${position}${piece === undefined ? '' : ` ${pieceText(piece).replace('\u00b7', '')}`}`;
}
