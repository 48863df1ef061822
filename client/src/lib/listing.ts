/** Which neurons of a ranking a list shows, and in which order. */
import type { LayerInfo } from '../api/types';
import type { Sort } from './view';

/** Flat indices of the first and one past the last unit of a layer; null if it is not ranked. */
export function rangeOf(layers: readonly LayerInfo[], address: string): [number, number] | null {
  let first = 0;
  for (const layer of layers) {
    if (layer.address === address) return [first, first + layer.width];
    first += layer.width;
  }
  return null;
}

/**
 * @param order flat indices, best first
 * @param only a layer that the list is limited to; all layers if it is empty or not ranked
 */
export function listing(order: ArrayLike<number>, layers: readonly LayerInfo[], only: string, sort: Sort): ArrayLike<number> {
  const range = only === '' ? null : rangeOf(layers, only);
  if (range === null && sort === 'best') return order;
  let found = Array.from(order);
  if (range !== null) found = found.filter((flat) => flat >= range[0] && flat < range[1]);
  if (sort === 'worst') found.reverse();
  if (sort === 'address') found.sort((a, b) => a - b);
  return found;
}
