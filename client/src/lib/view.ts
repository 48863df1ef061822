/**
 * What a person sees, as one value: everything that a link must bring back. Panes and services read
 * it; nothing that another pane needs is kept anywhere else.
 */
import type { Operation, Scope, Unit } from '../api/types';
import type { Palette, Scale } from './colour';

/** Words of the source that a neuron is limited to: one of these, of this form, or with this label. */
export interface Place {
  words: string[];
  pattern: string;
  label: string;
  value: string;
}

/** A changed copy of a sentence of the page. */
export interface EditedText {
  /** Key of the sentence: `c12` or `t0`. */
  of: string;
  text: string;
}

export interface SelectedNeuron {
  address: string;
  /** Whether its intervention is applied; a neuron can be selected only to be looked at. */
  on: boolean;
  operation: Operation;
  value: number;
  unit: Unit;
  scope: Scope;
  /** Token positions that it is limited to; null for all. */
  positions: number[] | null;
  /** Words that it is limited to; null for all. */
  where: Place | null;
  /** Of a patch: its value in another run, one for each position. */
  values: number[] | null;
}

export type Basis = 'mean' | 'zero' | 'counterfactual';

export type WordMode = 'mean' | 'first' | 'last' | 'pieces';
export type DecoderText = 'translation' | 'reference';

export type Sheet = '' | 'new' | 'details' | 'compare' | 'layers' | 'ablate' | 'why' | 'decoding' | 'project' | 'sets' | 'control' | 'gender' | 'prune' | 'corpus' | 'labels';
export type SliceMetric = 'bleu' | 'chrf' | 'perplexity' | 'accuracy' | 'f1';
export type Measure = 'success' | 'bleu' | 'chrf' | 'elsewhere';
export type LineKind = 'clean' | 'changed' | 'forced' | 'forced_changed';
export type CorpusTab = 'slices' | 'differ' | 'near';
export type SliceSort = 'label' | 'sentences' | 'score' | 'difference';
export type Sort = 'best' | 'worst' | 'address';

export interface View {
  project: string;
  model: string;
  /** Analysis whose ranking is shown, if none is named. */
  method: string;
  /** A ranking that was made, by its id; empty for that of the analysis. */
  ranking: string;
  /** Label of that ranking; empty for the whole. */
  label: string;
  /** What lies over the panes. */
  sheet: Sheet;
  /** Rankings that are compared: an id, or an id, a colon and a label. */
  compared: string[];
  /** Layer that the list of neurons is limited to. */
  only: string;
  sort: Sort;
  /** Layers of the ranking; empty for all. */
  layers: string[];
  /** The neuron looked at. */
  focus: string;
  selected: SelectedNeuron[];
  /** First corpus sentence of the page, after filtering. */
  offset: number;
  part: string;
  query: string;
  /** The sentence that the keyboard is on: `c12` of the corpus, `t0` of the user's own. */
  item: string;
  /** The user's own sentences. */
  texts: string[];
  word: WordMode;
  decoder: DecoderText;
  scale: Scale;
  palette: Palette;
  beams: number;
  wrap: boolean;
  /** The score job shown. */
  score: string;
  /** Ablation jobs whose curves are drawn, and the point whose translations are read: job and name. */
  ablations: string[];
  point: string;
  /** Score that curves are drawn by; the first of the model's own if it has not that one. */
  curveMetric: string;
  /** Fields of forms that were filled in (lib/filled.ts). */
  filled: string[];
  /** Line of the decoding that is looked into; empty for the last. */
  line: LineKind | '';
  /** Alternatives listed at each step. */
  alternatives: number;
  /** Attention shown (lib/decoding.ts). */
  attention: string;
  /** What the output is forced to begin with (lib/decoding.ts); empty for nothing. */
  forced: string;
  /** The job that looked for neurons that control a property, the cell looked at, and what is drawn. */
  control: string;
  cell: string;
  measure: Measure;
  /** The job that counted genders, and the one that made a smaller model. */
  gender: string;
  pruned: string;
  /** Manipulation sets shown side by side under each sentence, by id. */
  sets: string[];
  /** Changed copies of sentences. */
  edits: EditedText[];
  /** The job that tried an edit on the whole corpus, what is filled in to try, and of which set. */
  tried: string;
  trial: string;
  trialOf: string;
  /** The word of the translation that is asked about, from 0; the other word; what neurons have instead. */
  asked: string;
  instead: string;
  basis: Basis;
  /** The sentence that is compared with, and the cells of its map that are marked (lib/patching.ts). */
  versus: string;
  cells: string[];
  /** The job that searched for what would make the other word. */
  sought: string;
  /** What the sheet of the corpus shows. */
  corpusTab: CorpusTab;
  /** Label that the corpus is sliced by (lib/slices.ts), the slice looked into, and its page. */
  sliced: string;
  slice: string;
  slicePage: number;
  sliceSort: SliceSort;
  /** Score of the slices; the first of the model's own if it has not that one. */
  sliceMetric: SliceMetric;
  sliceOrder: 'corpus' | 'worst' | 'change';
  /** What of a translation is looked at (lib/slices.ts), and what similar means. */
  outcome: string;
  alike: 'states' | 'chrf';
  /** The word whose state is looked for, such as `source.3`, the layer and the distance. */
  near: string;
  nearLayer: string;
  nearMetric: 'cosine' | 'euclidean';
  /** The model whose layers are compared with those of the open one (empty for itself), and of which stack. */
  layersWith: string;
  layersOf: 'encoder' | 'decoder';
  /** What the shades of that comparison run over: all that can be, or what there is. */
  layersShade: 'all' | 'range';
  /** How many neurons count as the first where rankings are compared, 0 for the server's choice; which two the scatter shows. */
  comparedFirst: number;
  comparedPair: string;
  /** The ranking whose stability was asked for, a colon, and the job. */
  stable: string;
}

export const DEFAULT_VIEW: View = {
  project: '',
  model: '',
  method: '',
  ranking: '',
  label: '',
  sheet: '',
  compared: [],
  only: '',
  sort: 'best',
  layers: [],
  focus: '',
  selected: [],
  offset: 0,
  part: '',
  query: '',
  item: '',
  texts: [],
  word: 'mean',
  decoder: 'translation',
  scale: 'z',
  palette: 'rdbu',
  beams: 1,
  wrap: true,
  score: '',
  ablations: [],
  point: '',
  curveMetric: '',
  filled: [],
  line: '',
  alternatives: 5,
  attention: '',
  forced: '',
  control: '',
  cell: '',
  measure: 'success',
  gender: '',
  pruned: '',
  sets: [],
  edits: [],
  tried: '',
  trial: '',
  trialOf: '',
  asked: '',
  instead: '',
  basis: 'mean',
  versus: '',
  cells: [],
  sought: '',
  corpusTab: 'slices',
  sliced: '',
  slice: '',
  slicePage: 0,
  sliceSort: 'label',
  sliceMetric: 'bleu',
  sliceOrder: 'corpus',
  outcome: '',
  alike: 'states',
  near: '',
  nearLayer: '',
  nearMetric: 'cosine',
  layersWith: '',
  layersOf: 'encoder',
  layersShade: 'all',
  comparedFirst: 0,
  comparedPair: '0.1',
  stable: '',
};

export const OPERATIONS: readonly Operation[] = ['zero', 'mean', 'resample', 'set', 'add', 'scale', 'patch'];
export const UNITS: readonly Unit[] = ['raw', 'sigma', 'percentile'];
export const SCOPES: readonly Scope[] = ['output', 'recurrence'];
export const SHEETS: readonly Sheet[] = ['', 'new', 'details', 'compare', 'layers', 'ablate', 'why', 'decoding', 'project', 'sets', 'control', 'gender', 'prune', 'corpus', 'labels'];
export const SLICE_METRICS: readonly SliceMetric[] = ['bleu', 'chrf', 'perplexity', 'accuracy', 'f1'];
export const MEASURES: readonly Measure[] = ['success', 'bleu', 'chrf', 'elsewhere'];
export const BASES: readonly Basis[] = ['mean', 'zero', 'counterfactual'];
export const CORPUS_TABS: readonly CorpusTab[] = ['slices', 'differ', 'near'];
export const SLICE_SORTS: readonly SliceSort[] = ['label', 'sentences', 'score', 'difference'];
export const SORTS: readonly Sort[] = ['best', 'worst', 'address'];
export const LINES: readonly (LineKind | '')[] = ['', 'clean', 'changed', 'forced', 'forced_changed'];
export const MAX_TEXTS = 20;
export const MAX_COMPARED = 12;
export const MAX_ABLATIONS = 6;
export const MAX_SETS = 6;
export const MAX_EDITS = 8;
export const MAX_SELECTED = 60;
export const MAX_TEXT_LENGTH = 20_000;
export const MAX_VALUE = 1e6;
export const MAX_CELLS = 40;
/** Values of patches that a link carries; what has more is kept as a set. */
export const MAX_PATCHED = 400;

/** A neuron as it is when it has just been selected: seen, not changed. */
export function newlySelected(address: string, scope: Scope = 'output'): SelectedNeuron {
  return { address, on: false, operation: 'zero', value: 0, unit: 'raw', scope, positions: null, where: null, values: null };
}

/** Whether an operation reads its value. */
export function usesValue(operation: Operation): boolean {
  return operation === 'set' || operation === 'add' || operation === 'scale';
}

/** Whether a place says which words are meant; one that is being filled in does not. */
export function isPlaced(place: Place): boolean {
  return place.words.length > 0 || place.pattern !== '' || (place.label !== '' && place.value !== '');
}
