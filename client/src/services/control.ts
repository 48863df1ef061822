/** The control protocol: what is asked, what was found, and the cell of the sweep that is looked at. */
import { computed, signal } from '@preact/signals';
import { ask } from '../api/client';
import type { ControlCell, ControlRequest, ControlResult, ControlSentence, LabelInfo, LabelSource, PresetEdit } from '../api/types';
import { choice, flag, names, options, words, type Kinds } from '../lib/filled';
import type { Value } from '../lib/methods';
import { MAX_SELECTED, MAX_TEXTS, type Measure } from '../lib/view';
import { Experiment } from './experiments';
import { Filled } from './filled';
import { say } from './notices';
import { labelChanges } from './labels';
import { inProject, model, project } from './project';
import { Resource } from './resource';
import { asSelected } from './selection';
import { change, view, viewed } from './store';

export interface ControlForm {
  label: string;
  /** Options of a label that is made from the text. */
  options: Record<string, Value>;
  from: string;
  to: string;
  /** Empty for the encoder's last layer. */
  layers: string[];
  ks: string;
  betas: string;
  select: ControlRequest['select'];
  alignment: ControlRequest['alignment'];
  scope: ControlRequest['scope'];
  sentences: string;
}

const USUAL: ControlForm = {
  label: '', options: {}, from: '', to: '', layers: [], ks: '1, 5, 20, 50', betas: '0, 2, 8, 32', select: 'accuracy', alignment: 'corpus',
  scope: 'output', sentences: '120',
};

const KINDS: Kinds<ControlForm> = {
  label: words, options, from: words, to: words, layers: names, ks: words, betas: words, select: choice(['accuracy', 'difference', 'random']),
  alignment: choice(['corpus', 'attention']), scope: choice(['output', 'recurrence']), sentences: words,
};

export const control = new Experiment<ControlResult>('control', viewed.control, 'control', { cell: '' });

const SELECTIONS: readonly ControlForm['select'][] = ['accuracy', 'difference', 'random'];

/** What the form begins with: the settings of the run that is shown, so that it can be varied. */
const begins = computed<ControlForm>(() => {
  const found = control.result.value;
  if (found === null) return USUAL;
  const last = layerChoices.value.filter((l) => /\.(rnn_hidden|resid_post)$/.test(l.address)).at(-1)?.address;
  return {
    ...USUAL, label: properties.value.find((l) => l.name.replace('annotator:', '') === found.name)?.name ?? found.name,
    from: found.other, to: found.wanted, ks: found.ks.join(', '), betas: found.betas.join(', '), scope: found.scope,
    select: SELECTIONS.find((s) => s === found.select) ?? 'accuracy', alignment: found.alignment.includes('attention') ? 'attention' : 'corpus',
    layers: found.layers.length === 1 && found.layers[0] === last ? [] : found.layers,
  };
});

export const form = new Filled('control', KINDS, () => begins.value);

export function setForm(patch: Partial<ControlForm>): void {
  form.set(patch);
  control.error.value = null;
}

/** Show an earlier run: the form becomes as it was then. */
export function showRun(id: string): void {
  control.show(id, { filled: form.cleared() });
}

const open = computed(() => viewed.sheet.value === 'control');

function labelsOf(side: 'source' | 'reference'): Resource<LabelSource[]> {
  return new Resource<LabelSource[]>(
    computed(() => (project.value === null || !open.value ? null : JSON.stringify([project.value.id, side, labelChanges.value]))),
    async (stop, key) => {
      const [id] = JSON.parse(key) as [string];
      return (await ask<{ labels: LabelSource[] }>(inProject(id, `labels?side=${side}`), { signal: stop })).labels;
    },
  );
}

/** What labels the words of references, and of sources. */
export const labelsLoad = labelsOf('reference');
export const sourceLabelsLoad = labelsOf('source');

/** Places and lengths say nothing that an output could take. */
const NO_PROPERTY: ReadonlySet<string> = new Set(['position', 'length', 'frequency']);

export const properties = computed(() =>
  (labelsLoad.load.value.value ?? []).filter((l) => l.kind !== 'column' && !NO_PROPERTY.has(l.name.replace('annotator:', ''))),
);

/** The property that is asked for: the chosen one, or the first that inflects. */
export const property = computed<LabelSource | null>(() => {
  const all = properties.value;
  const first = ['Number', 'Gender', 'Tense'].flatMap((name) => all.filter((l) => l.name === name))[0];
  return all.find((l) => l.name === form.value.label) ?? first ?? all[0] ?? null;
});

/** The values of the property, with how many words have each. */
export const valuesLoad = new Resource<LabelInfo>(
  computed(() => {
    const [p, l] = [project.value, property.value];
    if (p === null || l === null || !open.value) return null;
    return JSON.stringify([p.id, { name: l.name, side: 'reference', parameters: form.value.options, classes: null, against: null, minimum: 1, rest: '' }]);
  }),
  async (stop, key) => {
    await new Promise((rested) => setTimeout(rested, 150));
    if (stop.aborted) throw new DOMException('overtaken', 'AbortError');
    const [id, body] = JSON.parse(key) as [string, unknown];
    return ask<LabelInfo>(inProject(id, 'labels'), { body, signal: stop });
  },
);

export const values = computed(() => valuesLoad.load.value.value?.classes ?? []);

/** The values that most words have, as they are listed: what a sweep is about if nothing is chosen. */
const common = computed(() => {
  const two = [...values.value].sort((a, b) => b.words - a.words).slice(0, 2);
  return values.value.filter((v) => two.includes(v)).map((v) => v.name);
});

export const from = computed(() => {
  const { from: chosen, to: other } = form.value;
  return values.value.some((v) => v.name === chosen) ? chosen : (common.value.find((name) => name !== other) ?? '');
});
export const to = computed(() => {
  const chosen = form.value.to;
  const usual = [...common.value, ...values.value.map((v) => v.name)].find((name) => name !== from.value) ?? '';
  return chosen !== from.value && values.value.some((v) => v.name === chosen) ? chosen : usual;
});

/** Layers that neurons may be chosen from: those of the encoder. */
export const layerChoices = computed(() => (model.value?.layers ?? []).filter((l) => l.stack === 'encoder' && /\.(rnn_hidden|resid_post|ffn_act|self_attn_out)$/.test(l.address)));

/** Numbers separated by commas or spaces; null if something else stands there. */
export function numbersOf(text: string, whole: boolean): number[] | null {
  const parts = text.split(/[\s,;]+/).filter((p) => p !== '');
  const found = parts.map((p) => Number(p.replace('\u2212', '-')));
  const good = found.every((n) => Number.isFinite(n) && Math.abs(n) <= 1000 && (!whole || (Number.isInteger(n) && n >= 1)));
  return good && found.length > 0 ? [...new Set(found)].sort((a, b) => a - b) : null;
}

function sentencesAtMost(text: string): number | null {
  const found = Number(text);
  return text.trim() !== '' && Number.isInteger(found) && found >= 10 && found <= 2000 ? found : null;
}

export const lacking = computed<string | null>(() => {
  if (from.value === '' || to.value === '') return 'The property needs two values.';
  const [ks, betas] = [numbersOf(form.value.ks, true), numbersOf(form.value.betas, false)];
  if (ks === null || ks.length > 10) return 'Numbers of neurons: up to ten whole numbers from 1 to 1000, such as 1, 5, 20.';
  if (betas === null || betas.length > 12) return 'Betas: up to twelve numbers from \u22121000 to 1000, such as 0, 2, 8.';
  if (sentencesAtMost(form.value.sentences) === null) return 'Sentences: a whole number from 10 to 2000.';
  return null;
});

export async function startControl(): Promise<void> {
  const [m, l, now] = [model.peek(), property.peek(), form.peek()];
  const [ks, betas] = [numbersOf(now.ks, true), numbersOf(now.betas, false)];
  if (m === null || l === null || ks === null || betas === null || lacking.peek() !== null) return;
  const body: ControlRequest = {
    model: m.name, label: l.name.replace('annotator:', ''), values: [from.peek(), to.peek()], wanted: 1, ks, betas, select: now.select,
    alignment: now.alignment, scope: now.scope, limit: sentencesAtMost(now.sentences) ?? 120, seed: 0,
    layers: now.layers.length === 0 ? null : now.layers,
    annotator: l.kind === 'annotator' ? { name: l.name.replace('annotator:', ''), parameters: now.options } : null,
  };
  form.keep(USUAL);
  await control.start('control', body);
}

export function cellKey(cell: { k: number; beta: number }): string {
  return `${cell.k}:${cell.beta}`;
}

function better(a: ControlCell, b: ControlCell): ControlCell {
  return b.success > a.success || (b.success === a.success && b.bleu_change > a.bleu_change) ? b : a;
}

/** The cell with most success; of equals the one that does least damage. */
export const bestCell = computed<ControlCell | null>(() => (control.result.value?.sweep ?? []).reduce<ControlCell | null>((a, b) => (a === null ? b : better(a, b)), null));

/** The cell under the pointer or the keyboard; it goes before the chosen one. */
export const looked = signal('');

export const chosenCell = computed<ControlCell | null>(() => {
  const all = control.result.value?.sweep ?? [];
  return all.find((c) => cellKey(c) === viewed.cell.value) ?? bestCell.value;
});

export const shownCell = computed<ControlCell | null>(() => (control.result.value?.sweep ?? []).find((c) => cellKey(c) === looked.value) ?? chosenCell.value);

export function chooseCell(cell: ControlCell): void {
  change({ cell: cellKey(cell) }, { push: true });
}

export function setMeasure(measure: Measure): void {
  change({ measure }, { push: true });
}

/** Where a setting is applied. */
export type At = 'label' | 'words' | 'all';

/** How the setting of a cell is taken to the page: where, and whether with sentences that it was tried on. */
export interface Applying {
  at: At;
  examples: boolean;
}

export const applying = new Filled<Applying>('apply', { at: choice(['label', 'words', 'all']), examples: flag }, () => ({ at: 'words', examples: true }));

/** The source's own label of that name, if the corpus has one. */
export const sourceLabel = computed(() => (sourceLabelsLoad.load.value.value ?? []).find((l) => l.kind === 'annotation' && l.name === control.result.value?.name)?.name ?? null);

export const chosenAt = computed<At>(() => {
  const wanted = applying.value.at;
  if (wanted === 'label' && sourceLabel.value === null) return 'words';
  return wanted === 'words' && listed.value.length === 0 ? 'all' : wanted;
});

const MOST_WORDS = 40;
const MOST_CHARACTERS = 400;

/** Sentences that a cell is shown on: those that it turned come first. */
export function examplesOf(found: ControlResult, cell: ControlCell): ControlSentence[] {
  const turned = (i: number) => cell.outputs[i]?.turned.length ?? 0;
  const order = found.shown.map((_, i) => i).sort((a, b) => Math.sign(turned(b)) - Math.sign(turned(a)) || a - b);
  return order.slice(0, 3).flatMap((i) => found.shown[i] ?? []);
}

/** The edited words of the sentences that go with a cell, then the most frequent words that stand for the other value; the address has to hold them. */
export const listed = computed<string[]>(() => {
  const [result, cell] = [control.result.value, chosenCell.value];
  if (result === null || cell === null) return [];
  const own = applying.value.examples ? examplesOf(result, cell).flatMap((s) => s.places.map(([from_ = 0, to_ = 0]) => s.source.slice(from_, to_).toLowerCase())) : [];
  const found: string[] = [];
  let length = 0;
  for (const word of new Set([...own, ...result.words])) {
    length += word.length + 1;
    if (found.length >= MOST_WORDS || length > MOST_CHARACTERS) break;
    if (!word.includes(',')) found.push(word);
  }
  return found;
});

function place(found: ControlResult): PresetEdit['where'] {
  const nothing = { words: [], pattern: '', label: '', value: '' };
  if (chosenAt.peek() === 'all') return null;
  return chosenAt.peek() === 'label' ? { ...nothing, label: found.name, value: found.other } : { ...nothing, words: listed.peek() };
}

/** Whether so many neurons can be selected at once. */
export function fits(cell: ControlCell): boolean {
  return cell.k <= MAX_SELECTED;
}

/** Put a cell's setting in place of what is selected. */
export function applyCell(cell: ControlCell): void {
  const found = control.result.peek();
  if (found === null || !fits(cell)) return;
  const where = place(found);
  const group = asSelected(found.neurons.slice(0, cell.k).map((n) => ({
    neurons: [n.neuron], operation: 'set', value: Number((n.wanted_mean + cell.beta * (n.wanted_mean - n.other_mean)).toPrecision(6)),
    unit: 'raw', positions: null, scope: found.scope, where, seed: 0, values: null,
  })));
  const texts = examplesOf(found, cell).map((s) => s.source);
  change({
    selected: group, sheet: '', focus: group[0]?.address ?? view.peek().focus,
    ...(applying.peek().examples ? { texts: [...new Set([...texts, ...view.peek().texts])].slice(0, MAX_TEXTS), item: 't0' } : {}),
  }, { push: true });
  say(`${group.length} neurons applied: ${found.name} to ${found.wanted}`);
}

export function followControl(): void {
  control.follow();
  labelsLoad.follow();
  sourceLabelsLoad.follow();
  valuesLoad.follow();
}
