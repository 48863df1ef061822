/**
 * What the words mean that selected neurons are limited to: which words of the sentences on the page
 * they are, or why a scope cannot be used. Only the server can read its regular expressions, so one
 * is applied when the server has said that it is good.
 */
import { computed, signal } from '@preact/signals';
import { ask } from '../api/client';
import type { ScopesRequest, ScopesResult, ScopeWords } from '../api/types';
import { isPlaced, type Place, type SelectedNeuron } from '../lib/view';
import { inProject, model, project } from './project';
import { Resource } from './resource';
import { items } from './sentences';
import { viewed } from './store';

/** As long as the server lets a word be. */
const LONGEST = 100;

function isAskable(where: Place): boolean {
  return isPlaced(where) && where.words.every((word) => word.length <= LONGEST);
}

function keyOf(address: string, where: Place): string {
  return JSON.stringify([address, where]);
}

interface Found {
  texts: number;
  scopes: ReadonlyMap<string, ScopeWords>;
}

/** By scope, what is wrong with it; null for nothing. It does not depend on what is on the page. */
const judged = signal<ReadonlyMap<string, string | null>>(new Map());

const scopesLoad = new Resource<Found>(
  computed(() => {
    const [p, m] = [project.value, model.value];
    const scopes = viewed.selected.value.flatMap((n) => (n.where === null || !isAskable(n.where) ? [] : [{ neuron: n.address, where: n.where }]));
    if (p === null || m === null || scopes.length === 0) return null;
    const body: ScopesRequest = {
      model: m.name, beams: viewed.beams.value, scopes,
      sentences: items.value.flatMap((i) => i.sentence ?? []), texts: items.value.flatMap((i) => (i.sentence === null ? [i.text] : [])).slice(0, 20),
    };
    return JSON.stringify([p.id, body]);
  }),
  async (stop, key) => {
    const [id, body] = JSON.parse(key) as [string, ScopesRequest];
    const { texts, scopes } = await ask<ScopesResult>(inProject(id, 'scopes'), { body, signal: stop });
    const found = new Map(body.scopes.flatMap(({ neuron, where }, i) => (scopes[i] === undefined ? [] : [[keyOf(neuron, where as Place), scopes[i]] as const])));
    judged.value = new Map([...judged.peek(), ...[...found].map(([scope, { wrong }]) => [scope, wrong] as const)].slice(-500));
    return { texts, scopes: found };
  },
);

/** Whether the server has yet to say if the form of a neuron's words is good: it changes nothing until then. */
export function isUnjudged({ address, where }: SelectedNeuron): boolean {
  if (where === null || where.pattern === '' || !isAskable(where)) return false;
  return judged.value.get(keyOf(address, where)) === undefined && scopesLoad.load.value.state !== 'error';
}

/** Whether a neuron that is switched on has words to be changed at, as far as that is known. */
export function hasPlace(neuron: SelectedNeuron): boolean {
  const { address, positions, where } = neuron;
  if (positions?.length === 0) return false;
  if (where === null) return true;
  if (!isAskable(where) || isUnjudged(neuron)) return false;
  // If it could not be asked, what the server says to the translation is what there is to know.
  return (judged.value.get(keyOf(address, where)) ?? null) === null;
}

/** What is wrong with the words of a neuron; null for nothing. */
export function wrongPlace({ address, where }: SelectedNeuron): string | null {
  if (where === null || !isPlaced(where)) return null;
  return !isAskable(where) ? `A word may have ${LONGEST} characters at most.` : (judged.value.get(keyOf(address, where)) ?? null);
}

/** What the scope of a neuron comes to, in words; '' if it needs none. */
export function saidOfPlace(neuron: SelectedNeuron): string {
  const { address, positions, where } = neuron;
  if (positions !== null) return positions.length === 0 ? 'no word is marked yet, so nothing is changed: click words in its activations' : `positions ${positions.join(', ')} of every sentence`;
  if (where === null || wrongPlace(neuron) !== null) return '';
  if (!isPlaced(where)) return where.label === '' ? 'no word is named yet, so nothing is changed' : 'no value is chosen yet, so nothing is changed';
  const found = scopesLoad.load.value.value;
  const seen = found?.scopes.get(keyOf(address, where));
  if (found === null || seen === undefined) return '\u00a0';
  const shown = found.texts === 1 ? 'the sentence shown' : `the ${found.texts} sentences shown`;
  if (seen.count === 0) return `no word of ${shown} is meant, so nothing is changed there`;
  const more = seen.words.length > 6 || seen.words.length < seen.count ? ' \u2026' : '';
  return `${seen.count} ${seen.count === 1 ? 'word' : 'words'} in ${seen.texts} of ${shown}: ${seen.words.slice(0, 6).join(', ')}${more}`;
}

export function followScopes(): void {
  scopesLoad.follow();
}
