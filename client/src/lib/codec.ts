/**
 * The view in the address bar. Each field says how it is written and read; defaults are left out, so
 * that a link is as short as what a person did. Reading never fails: what is not understood is left
 * at its default and named, so that the page can say so. `v` is the version of the scheme.
 */
import { parseNeuron } from './address';
import { readChoice, readForced } from './decoding';
import { readCell } from './patching';
import { isEntry, MAX_FILLED, written } from './filled';
import { readTrial } from './trial';
import { address, ids, job, layer, matching, name, oneOf, whole, type Field } from './fields';
import {
  BASES, CORPUS_TABS, DEFAULT_VIEW, LINES, MAX_ABLATIONS, MAX_CELLS, MAX_COMPARED, MAX_SELECTED, MAX_TEXT_LENGTH, MAX_TEXTS, MAX_VALUE, MEASURES, OPERATIONS, SCOPES, SHEETS, SLICE_METRICS, SLICE_SORTS, SORTS, UNITS,
  MAX_EDITS, MAX_SETS, type EditedText, type Place, type SelectedNeuron, type View,
} from './view';

export const VERSION = 1;

/** A field that could not be read: its key, what stood there, and what would be right. */
export interface Problem {
  key: string;
  value: string;
  wanted: string;
}

/** `address~operation~value~unit~scope~positions~off~where~values`; whatever is usual at the end is left out. */
export function writeSelected(neuron: SelectedNeuron): string {
  const parts = [
    neuron.address,
    neuron.operation,
    String(neuron.value),
    neuron.unit,
    neuron.scope,
    neuron.positions === null ? 'all' : neuron.positions.join('.'),
    neuron.on ? 'on' : 'off',
    writePlace(neuron.where),
    neuron.values === null ? '' : neuron.values.join('_'),
  ];
  const usual = ['', 'zero', '0', 'raw', 'output', 'all', 'off', '', ''];
  let last = parts.length;
  while (last > 1 && parts[last - 1] === usual[last - 1]) last--;
  return parts.slice(0, last).join('~');
}

/** Read what `writeSelected` wrote; null for anything else. */
export function readSelected(text: string): SelectedNeuron | null {
  const parts = text.split('~');
  const [where = '', operation = 'zero', value = '0', unit = 'raw', scope = 'output', positions = 'all', on = 'off', placed = '', patched = ''] = parts;
  const op = OPERATIONS.find((o) => o === operation);
  const inUnit = UNITS.find((u) => u === unit);
  const inScope = SCOPES.find((s) => s === scope);
  const amount = /^-?\d/.test(value) ? Number(value) : NaN;
  const places = positions === 'all' ? null : readPositions(positions);
  const place = readPlace(placed);
  if (parts.length > 9 || place === undefined || parseNeuron(where) === null || (on !== 'on' && on !== 'off')) return null;
  if (op === undefined || inUnit === undefined || inScope === undefined || places === undefined) return null;
  if (!Number.isFinite(amount) || Math.abs(amount) > MAX_VALUE) return null;
  const values = op === 'patch' ? (patched === '' ? [] : patched.split('_')).map((v) => (/^-?\d/.test(v) ? Number(v) : NaN)) : null;
  if (values === null ? patched !== '' : values.length !== places?.length || place !== null || !values.every((v) => Math.abs(v) <= MAX_VALUE)) return null;
  return {
    address: where, on: on === 'on', operation: op, value: amount, unit: inUnit, scope: inScope,
    positions: places, where: place, values,
  };
}

/** `label:Tense=Past`, `form:[Tt]he`, `words:he,she`; nothing for all words. */
export function writePlace(place: Place | null): string {
  if (place === null) return '';
  const said = place.label !== '' ? `label:${place.label}=${place.value}`
    : place.pattern !== '' ? `form:${place.pattern}` : `words:${place.words.join(',')}`;
  return said.replaceAll('%', '%25').replaceAll('~', '%7E');
}

/** Read what `writePlace` wrote; null for all words, undefined for anything else. */
export function readPlace(text: string): Place | null | undefined {
  if (text === '') return null;
  const said = text.replaceAll('%7E', '~').replaceAll('%25', '%');
  const match = /^(label|form|words):(.*)$/s.exec(said);
  const rest = match?.[2];
  if (match === null || rest === undefined || rest.length > 600) return undefined;
  const empty: Place = { words: [], pattern: '', label: '', value: '' };
  if (match[1] === 'form') return rest.length <= 200 ? { ...empty, pattern: rest } : undefined;
  if (match[1] === 'words') {
    const words = rest === '' ? [] : rest.split(',');
    return words.length <= 100 && words.every((w) => w.length <= 100) ? { ...empty, words } : undefined;
  }
  const at = rest.indexOf('=');
  return at < 0 ? undefined : { ...empty, label: rest.slice(0, at), value: rest.slice(at + 1) };
}

function readPositions(text: string): number[] | undefined {
  if (text === '') return [];
  const found = text.split('.').map((p) => (/^\d{1,6}$/.test(p) ? Number(p) : NaN));
  const good = found.every((p) => p <= 100_000) && found.length <= 1000;
  return good ? [...new Set(found)].sort((a, b) => a - b) : undefined;
}

function readAll(values: string[]): SelectedNeuron[] | undefined {
  const found = values.map(readSelected);
  const good = found.filter((n) => n !== null);
  const addresses = new Set(good.map((n) => n.address));
  return good.length === found.length && addresses.size === good.length && good.length <= MAX_SELECTED
    ? good
    : undefined;
}

type Fields = { [K in keyof View]: Field<View[K]> };

const FIELDS: Fields = {
  project: name('p', 'a project'),
  model: name('m', 'a model of the project'),
  method: name('r', 'an analysis'),
  ranking: matching('rk', 'a ranking, such as 12ab34cd56ef7890', /^\w{0,40}$/),
  label: name('lb', 'a label of the ranking'),
  sheet: oneOf('sh', SHEETS),
  compared: {
    key: 'cmp',
    wanted: `at most ${MAX_COMPARED} rankings`,
    read: (values) =>
      values.length <= MAX_COMPARED && values.every((v) => /^\w{1,40}(:.{1,200})?$/s.test(v)) && new Set(values).size === values.length
        ? values
        : undefined,
    write: (value) => value,
  },
  only: layer('f'),
  sort: oneOf('so', SORTS),
  layers: {
    key: 'l',
    wanted: 'layers such as encoder.1.rnn_hidden',
    read: (values) =>
      values.every((v) => /^(encoder|decoder)\.\d{1,4}\.[a-z_]+$/.test(v)) && new Set(values).size === values.length
        ? values
        : undefined,
    write: (value) => value,
  },
  focus: address('n'),
  selected: {
    key: 's',
    wanted: 'neurons with what is done to them, such as encoder.1.rnn_hidden[3]~set~1.5~sigma~output~all~on',
    read: readAll,
    write: (value) => value.map(writeSelected),
  },
  offset: whole('o', 0, 10_000_000),
  part: name('part', 'a part of the corpus'),
  query: name('q', 'a text to look for'),
  item: matching('i', 'a sentence, such as c12', /^(e?[ct]\d{1,8})?$/),
  texts: {
    key: 't',
    wanted: `at most ${MAX_TEXTS} sentences`,
    read: (values) =>
      values.length <= MAX_TEXTS && values.every((v) => v !== '' && v.length <= MAX_TEXT_LENGTH) ? values : undefined,
    write: (value) => value,
  },
  word: oneOf('w', ['mean', 'first', 'last', 'pieces']),
  decoder: oneOf('d', ['translation', 'reference']),
  scale: oneOf('c', ['z', 'raw']),
  palette: oneOf('k', ['rdbu', 'puor', 'mono']),
  beams: whole('b', 1, 10),
  wrap: {
    key: 'wrap',
    wanted: '0 or 1',
    read: ([value]) => (value === '1' ? true : value === '0' ? false : undefined),
    write: (value) => [value ? '1' : '0'],
  },
  score: name('j', 'a score job'),
  ablations: ids('ab', 'ablation jobs', MAX_ABLATIONS),
  point: matching('ap', 'a point of a curve, such as 12ab34cd56ef:1234abcd', /^(\w{1,40}:[0-9a-f]{8,64})?$/),
  curveMetric: matching('am', 'a score, such as chrf', /^\w{0,40}$/),
  filled: {
    key: 'ff',
    wanted: `at most ${MAX_FILLED} fields of forms, such as control.betas~0, 4`,
    read: (values) => (values.length <= MAX_FILLED && values.every(isEntry) ? values : undefined),
    write: written,
  },
  line: oneOf('dl', LINES),
  alternatives: whole('dk', 1, 10),
  attention: {
    key: 'da',
    wanted: 'attention such as cross.1.3',
    read: ([value]) => (readChoice(value ?? '') === null ? undefined : value),
    write: (value) => [value],
  },
  forced: {
    key: 'fp',
    wanted: 'a sentence and what its translation begins with, such as c12~t~Les hommes',
    read: ([value]) => (value === '' || readForced(value ?? '') !== null ? value : undefined),
    write: (value) => [value],
  },
  control: job('ct'),
  cell: matching('cc', 'a number of neurons and a beta, such as 5:8', /^(\d{1,6}:-?\d{1,6}(\.\d{1,9})?)?$/),
  measure: oneOf('cm', MEASURES),
  gender: job('gb'),
  pruned: job('pr'),
  sets: ids('set', 'manipulation sets', MAX_SETS),
  edits: {
    key: 'e',
    wanted: `at most ${MAX_EDITS} changed sentences, such as c12:She left.`,
    read: (values) => {
      const found = values.flatMap(readEdit);
      const good = found.length === values.length && found.length <= MAX_EDITS && found.every((e) => e.text.length <= MAX_TEXT_LENGTH);
      return good && new Set(found.map((e) => e.of)).size === found.length ? found : undefined;
    },
    write: (value) => value.map((e) => `${e.of}:${e.text}`),
  },
  tried: name('try', 'a job that tried an edit'),
  trial: {
    key: 'tr',
    wanted: 'words and a property to try an edit on, such as Il~Elle~source~Gender~Masc',
    read: ([value]) => (value === '' || readTrial(value ?? '') !== null ? value : undefined),
    write: (value) => [value],
  },
  trialOf: matching('ts', 'a set whose trial is open', /^(-|\w{0,40})$/),
  asked: matching('yw', 'the number of a word of the translation', /^\d{0,4}$/),
  instead: name('yi', 'another word'),
  basis: oneOf('yb', BASES),
  versus: {
    key: 'yc',
    wanted: 'a sentence to compare with',
    read: ([value]) => (value !== undefined && value.length <= 2000 ? value : undefined),
    write: (value) => [value],
  },
  cells: {
    key: 'yp',
    wanted: `at most ${MAX_CELLS} cells of the map of two runs, such as encoder.1.rnn_hidden@3`,
    read: (values) =>
      values.length <= MAX_CELLS && values.every((v) => readCell(v) !== null) && new Set(values).size === values.length ? values : undefined,
    write: (value) => value,
  },
  sought: job('yj'),
  corpusTab: oneOf('xt', CORPUS_TABS),
  sliced: name('xl', 'a label such as column:part'),
  slice: name('xs', 'a slice of the corpus'),
  slicePage: whole('xp', 0, 10_000_000),
  sliceSort: oneOf('xq', SLICE_SORTS),
  sliceMetric: oneOf('xm', SLICE_METRICS),
  sliceOrder: oneOf('xr', ['corpus', 'worst', 'change']),
  outcome: name('xo', 'an outcome such as contains:elle'),
  alike: oneOf('xa', ['states', 'chrf']),
  near: matching('xw', 'a word such as source.3', /^((source|target)\.\d{1,5})?$/),
  nearLayer: layer('xy'),
  nearMetric: oneOf('xd', ['cosine', 'euclidean']),
  layersWith: name('lm', 'a model of the project'),
  layersOf: oneOf('ls', ['encoder', 'decoder']),
  layersShade: oneOf('lc', ['all', 'range']),
  comparedFirst: whole('ck', 0, 10_000_000),
  comparedPair: matching('cp', 'two of the compared rankings, such as 0.2', /^\d{1,2}\.\d{1,2}$/),
  stable: matching('sj', 'a ranking and the job of its stability', /^(\w{1,40}:\w{1,40})?$/),
};

function readEdit(text: string): EditedText[] {
  const match = /^([ct]\d{1,8}):(.+)$/s.exec(text);
  return match?.[1] === undefined || match[2] === undefined ? [] : [{ of: match[1], text: match[2] }];
}

const KEYS = Object.keys(FIELDS) as (keyof View)[];

/** A query component with the few readable characters that a query may hold kept as they are. */
function escape(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'))
    .replace(/%20/g, '+')
    .replace(/%5B/g, '[')
    .replace(/%5D/g, ']')
    .replace(/%2C/g, ',');
}

function same(a: unknown, b: unknown): boolean {
  return a === b || (Array.isArray(a) && Array.isArray(b) && a.length === 0 && b.length === 0);
}

function fieldParts<K extends keyof View>(key: K, view: View): string[] {
  const field = FIELDS[key];
  if (same(view[key], DEFAULT_VIEW[key])) return [];
  return field.write(view[key]).map((value) => `${field.key}=${escape(value)}`);
}

/** The view as a query, without the question mark; empty for the default view. */
export function encodeView(view: View): string {
  const parts = KEYS.flatMap((key) => fieldParts(key, view));
  return parts.length === 0 ? '' : [`v=${VERSION}`, ...parts].join('&');
}

function readField<K extends keyof View>(key: K, params: URLSearchParams, into: View, problems: Problem[]): void {
  const field = FIELDS[key];
  const values = params.getAll(field.key);
  if (values.length === 0) return;
  const value = field.read(values);
  if (value === undefined) problems.push({ key: field.key, value: values.join(', ').slice(0, 80), wanted: field.wanted });
  else into[key] = value;
}

/** The view that a query describes, and what of it was not understood. */
export function decodeView(query: string): { view: View; problems: Problem[] } {
  const params = new URLSearchParams(query);
  const view: View = { ...DEFAULT_VIEW };
  const problems: Problem[] = [];
  const version = params.get('v');
  if (version !== null && version !== String(VERSION)) {
    problems.push({ key: 'v', value: version.slice(0, 20), wanted: `version ${VERSION}` });
  }
  for (const key of KEYS) readField(key, params, view, problems);
  return { view, problems };
}
