/** Reading the frame that names neurons (server: ConceptsMeta). */
import type { ConceptsMeta } from '../api/types';
import type { FrameArray } from './frame';

export interface Names {
  meta: ConceptsMeta;
  arrays: Record<string, FrameArray>;
}

export interface Candidate {
  concept: string;
  /** 1 if the neuron is high on the concept's words, -1 if it is low. */
  direction: number;
  /** On held-out sentences, above 0.5 in that direction. */
  auc: number;
}

export interface NeuronName {
  /** Whether the first candidate may be called the neuron's name. */
  found: boolean;
  candidates: Candidate[];
  averagePrecision: number;
  /** Held-out words with the first concept: how many, and as a share. */
  words: number;
  share: number;
  q: number;
}

function at(arrays: Names['arrays'], name: string, index: number): number {
  return arrays[name]?.values[index] ?? NaN;
}

export function nameAt({ meta, arrays }: Names, flat: number): NeuronName {
  const width = arrays.best?.shape[1] ?? 0;
  const candidates = Array.from({ length: width }, (_, i) => {
    const place = flat * width + i;
    return {
      concept: meta.concepts[at(arrays, 'best', place)] ?? '', direction: at(arrays, 'direction', place), auc: at(arrays, 'auc', place),
    };
  });
  const first = at(arrays, 'best', flat * width);
  return {
    found: at(arrays, 'found', flat) === 1, candidates, averagePrecision: at(arrays, 'average_precision', flat),
    words: at(arrays, 'words', first), share: at(arrays, 'shares', first), q: at(arrays, 'q', flat),
  };
}
