/** What is known of single neurons on the corpus. */
import { computed, signal } from '@preact/signals';
import { ask } from '../api/client';
import type { NeuronInfo } from '../api/types';
import type { NeuronMoments } from '../lib/colour';
import { inProject, model, project } from './project';
import { focus } from './ranking';
import { Resource } from './resource';

const KEPT = 400;
const cache = new Map<string, NeuronInfo>();

/** Moments of neurons by `model neuron`, from whatever answer told them first. */
export const moments = signal<ReadonlyMap<string, NeuronMoments>>(new Map());

export function momentsOf(address: string): NeuronMoments | null {
  return moments.value.get(`${model.value?.name ?? ''} ${address}`) ?? null;
}

/** Remember moments; later answers do not overrule earlier ones unless these knew nothing. */
export function learn(modelName: string, found: [string, NeuronMoments][]): void {
  const now = moments.peek();
  const fresh = found.filter(([address, m]) => {
    const known = now.get(`${modelName} ${address}`);
    return m.mean !== null && (known === undefined || known.mean === null || (known.minimum === null && m.minimum !== null));
  });
  if (fresh.length === 0) return;
  const next = new Map(now);
  for (const [address, m] of fresh) next.set(`${modelName} ${address}`, m);
  moments.value = next;
}

/** Statistics, top words and contexts of the neuron looked at. */
export const neuronLoad = new Resource<NeuronInfo>(
  computed(() => {
    const [p, m] = [project.value, model.value];
    return p === null || m === null || focus.value === '' ? null : JSON.stringify([p.id, m.name, focus.value]);
  }),
  async (signal, key) => {
    const known = cache.get(key);
    if (known !== undefined) return known;
    const [id, name, address] = JSON.parse(key) as [string, string, string];
    const path = `models/${encodeURIComponent(name)}/neurons/${encodeURIComponent(address)}`;
    const info = await ask<NeuronInfo>(inProject(id, path), { signal });
    if (cache.size >= KEPT) cache.delete(cache.keys().next().value ?? '');
    cache.set(key, info);
    const { mean, deviation, minimum, maximum } = info;
    learn(name, [[address, { mean, deviation, minimum, maximum }]]);
    return info;
  },
);

export const neuron = computed<NeuronInfo | null>(() => neuronLoad.load.value.value);
