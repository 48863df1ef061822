/** The neuron looked at, the neurons selected, and what is done to them. */
import { computed } from '@preact/signals';
import type { InterventionBody, Preset, PresetEdit } from '../api/types';
import { layerOf, parseNeuron } from '../lib/address';
import { editsAfter } from '../lib/edits';
import { MAX_SELECTED, MAX_TEXTS, newlySelected, usesValue, type SelectedNeuron } from '../lib/view';
import { notify, say } from './notices';
import { model, project } from './project';
import { hasPlace, isUnjudged } from './scopes';
import { change, view, viewed } from './store';

export const selected = viewed.selected;

/** The known-good neurons of the open model. */
export const notes = computed(() => (project.value?.notes ?? []).filter((n) => n.model === model.value?.name));

/** Groups of neurons that turn a property of the open model's translations. */
export const presets = computed(() => (project.value?.presets ?? []).filter((p) => p.model === model.value?.name));

/** Sentences of a preset that are shown when it is applied. */
const SHOWN = 3;

export function asSelected(found: readonly PresetEdit[]): SelectedNeuron[] {
  return found.flatMap((i) =>
    i.neurons.map((address, place) => ({
      address, on: true, operation: i.operation, value: i.value, unit: i.unit, scope: i.scope, positions: i.positions, where: i.where,
      values: i.operation === 'patch' ? (i.values ?? []).map((row) => row[place] ?? 0) : null,
    })),
  );
}

/** Put a preset in place of what is selected, with sentences that show what it does. */
export function applyPreset(preset: Preset): void {
  const group = asSelected(preset.interventions);
  const before = view.peek().texts;
  const texts = [...new Set([...preset.sentences.slice(0, SHOWN), ...before])].slice(0, MAX_TEXTS);
  change({
    selected: group.slice(0, MAX_SELECTED), texts, edits: editsAfter(view.peek().edits, before, texts), item: 't0', focus: group[0]?.address ?? view.peek().focus,
  }, { push: true });
  say(`${preset.name}: ${group.length} neurons applied`);
}

/** Put interventions in place of what is selected. */
export function applyInterventions(found: readonly PresetEdit[], said: string): void {
  const group = asSelected(found);
  change({ selected: group.slice(0, MAX_SELECTED), sheet: '', focus: group[0]?.address ?? view.peek().focus }, { push: true });
  say(said);
}

/** A neuron's intervention as the server takes it. */
export function toIntervention(neuron: SelectedNeuron): InterventionBody {
  return {
    neurons: [neuron.address],
    operation: neuron.operation,
    value: usesValue(neuron.operation) ? neuron.value : 0,
    unit: neuron.unit,
    positions: neuron.positions,
    scope: neuron.scope,
    where: neuron.where,
    seed: 0,
    values: neuron.values?.map((value) => [value]) ?? null,
  };
}

/** What is applied now; a neuron limited to words that nobody named yet, or that are named wrongly, changes nothing. */
export const interventions = computed<InterventionBody[]>(() => selected.value.filter((n) => n.on && hasPlace(n)).map(toIntervention));

/** Whether more will be applied than is, once the server has said what words are meant. */
export const judging = computed(() => selected.value.some((n) => n.on && isUnjudged(n)));

/** Neurons that are switched on and change nothing, for want of words to do it at. */
export const placeless = computed(() => selected.value.filter((n) => n.on && !hasPlace(n) && !isUnjudged(n)).length);

export function isSelected(address: string): boolean {
  return selected.value.some((n) => n.address === address);
}

/** Select a neuron, so that it stays on the screen and can be changed. */
export function add(address: string): void {
  const now = view.peek().selected;
  if (now.some((n) => n.address === address)) return;
  if (now.length >= MAX_SELECTED) {
    notify('warning', `${MAX_SELECTED} neurons are selected, which is the most. Remove one to add ${address}.`);
    return;
  }
  const scopes = layerOf(model.peek()?.layers ?? [], address)?.scopes ?? [];
  change({ selected: [...now, newlySelected(address, scopes[0] ?? 'output')] }, { push: true });
  say(`${address} selected`);
}

export function remove(address: string): void {
  change({ selected: view.peek().selected.filter((n) => n.address !== address) }, { push: true });
  say(`${address} removed`);
}

export function clearSelected(): void {
  change({ selected: [] }, { push: true });
  say('No neurons selected');
}

/** Change what is done to a selected neuron. */
export function edit(address: string, patch: Partial<SelectedNeuron>): void {
  change({
    selected: view.peek().selected.map((n) => (n.address === address ? { ...n, ...patch } : n)),
  });
}

/** Switch every intervention off, keeping its setting. */
export function switchAllOff(): void {
  change({ selected: view.peek().selected.map((n) => ({ ...n, on: false })) }, { push: true });
  say('All interventions off');
}

/** Look at a neuron. Stepping with the keyboard does not fill the history. */
export function focusOn(address: string, options: { push?: boolean } = {}): void {
  if (address !== view.peek().focus) change({ focus: address }, options);
}

/** Read an address that a person typed: the neuron, or what is wrong with it. */
export function findNeuron(text: string): { address: string } | { wrong: string } {
  const found = parseNeuron(text);
  const open = model.peek();
  if (found === null) return { wrong: `'${text}' is not a neuron address. One looks like ${open?.layers[0]?.address ?? 'encoder.0.rnn_hidden'}[3].` };
  const layer = open?.layers.find((l) => l.address === found.layer);
  if (open === null || layer === undefined) {
    return { wrong: `${open?.name ?? 'The model'} has no layer ${found.layer}. It has ${open?.layers.map((l) => l.address).join(', ') ?? ''}.` };
  }
  if (found.unit >= layer.width) {
    return { wrong: `${layer.address} has units 0 to ${layer.width - 1}; there is no ${found.unit}.` };
  }
  return { address: `${found.layer}[${found.unit}]` };
}

/** Mark or unmark token positions for a neuron that is limited to marked words. */
export function togglePositions(neuron: SelectedNeuron, positions: number[]): void {
  if (neuron.values !== null) return; // A patch has a value for each of its positions.
  const now = new Set(neuron.positions ?? []);
  const all = positions.every((p) => now.has(p));
  for (const p of positions) {
    if (all) now.delete(p);
    else now.add(p);
  }
  edit(neuron.address, { positions: [...now].sort((a, b) => a - b) });
}
