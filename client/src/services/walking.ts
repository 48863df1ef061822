/** Where the neuron looked at stands in the ranking on the screen, made or unfinished, and walking along that. */
import { computed } from '@preact/signals';
import { neuronAt } from '../lib/address';
import { count } from '../lib/format';
import { method } from './project';
import { focus, listed, placeOf, ranked, rankingLoad, rowOf } from './ranking';
import { focusOn } from './selection';
import { viewed } from './store';
import { firstNeurons, unfinished } from './unfinished';

/** The place of the neuron looked at, in words. */
export const standing = computed<string>(() => {
  const address = focus.value;
  const making = unfinished.value;
  if (making !== null) {
    const { job, preview } = making;
    if (preview === null) return `no place yet: ${job.title} is unfinished`;
    const label = viewed.label.value in preview.labels ? viewed.label.value : '';
    const first = firstNeurons(preview, label, '', 'best');
    const place = first.find((n) => n.address === address)?.place;
    const by = `${job.title}${label === '' ? '' : `: ${label}`} (unfinished)`;
    return place === undefined ? `not among the first ${count(first.length)} so far by ${by}` : `place ${place} so far by ${by}`;
  }
  // What was shown before stays in memory; the neuron has no place by it where another one was asked for.
  const { state } = rankingLoad.load.value;
  const now = ranked.value;
  if (state === 'waiting') return 'no place yet: the ranking is unfinished';
  if (now === null || state === 'error') return 'not in a ranking';
  const place = placeOf(now, address);
  if (place < 0) return 'not in this ranking';
  return `${place + 1} of ${count(now.order.length)} by ${now.info.title || (method.value?.title ?? '')}${now.label === '' ? '' : `: ${now.label}`}`;
});

/** The neurons that the pane lists, in its order. */
function listedAddresses(): { length: number; at: (row: number) => string; row: (address: string) => number } {
  const making = unfinished.peek();
  if (making !== null) {
    const rows = making.preview === null ? [] : firstNeurons(making.preview, viewed.label.peek(), viewed.only.peek(), viewed.sort.peek());
    return { length: rows.length, at: (row) => rows[row]?.address ?? '', row: (address) => rows.findIndex((n) => n.address === address) };
  }
  const [now, list] = [ranked.peek(), listed.peek()];
  return {
    length: now === null ? 0 : list.length,
    at: (row) => (now === null ? '' : neuronAt(now.info.layers, list[row] ?? 0)),
    row: (address) => (now === null ? -1 : rowOf(now, address)),
  };
}

/** Go to the next or the previous neuron of the list. */
export function stepNeuron(by: number): void {
  const list = listedAddresses();
  if (list.length === 0) return;
  const at = list.row(focus.peek());
  focusOn(list.at(at < 0 ? 0 : Math.max(0, Math.min(list.length - 1, at + by))));
}
