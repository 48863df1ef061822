/** The sentences on the page: the user's own first, then a window on the corpus. */
import { computed, signal } from '@preact/signals';
import { ask } from '../api/client';
import type { Sentence, SentencePage } from '../api/types';
import { editsAfter } from '../lib/edits';
import { MAX_TEXT_LENGTH, MAX_TEXTS } from '../lib/view';
import { inProject, project } from './project';
import { Resource } from './resource';
import { change, view, viewed } from './store';

export const PAGE = 8;

/** `c12`: sentence 12 of the corpus; `t0`: the user's own sentence 0; `ec12`: a changed copy of `c12`. */
export type ItemKey = string;

export interface PageItem {
  key: ItemKey;
  /** Index in the corpus, null for an own sentence and for a changed copy. */
  sentence: number | null;
  /** Place among the own sentences, null for the corpus and for changed copies. */
  own: number | null;
  /** Key of the sentence that this is a changed copy of, else null. */
  copyOf: ItemKey | null;
  text: string;
  corpus: Sentence | null;
}

const offset = viewed.offset;
const part = viewed.part;
const query = viewed.query;
const texts = viewed.texts;
const edits = viewed.edits;

export const sentencesLoad = new Resource<SentencePage>(
  computed(() => {
    const id = project.value?.id;
    return id === undefined ? null : JSON.stringify([id, offset.value, part.value, query.value]);
  }),
  async (signal, key) => {
    const [id, from, inPart, like] = JSON.parse(key) as [string, number, string, string];
    const params = new URLSearchParams({ offset: String(from), limit: String(PAGE) });
    if (inPart !== '') params.set('part', inPart);
    if (like !== '') params.set('query', like);
    return ask<SentencePage>(inProject(id, `sentences?${params.toString()}`), { signal });
  },
);

export const page = computed<SentencePage | null>(() => sentencesLoad.load.value.value);

/** Everything on the page, in the order of the screen; a changed copy stands below its sentence. */
export const items = computed<PageItem[]>(() => {
  const all: PageItem[] = [
    ...texts.value.map((text, i) => ({ key: `t${i}`, sentence: null, own: i, copyOf: null, text, corpus: null })),
    ...(page.value?.sentences ?? []).map((s) => ({
      key: `c${s.index}`, sentence: s.index, own: null, copyOf: null, text: s.source.text, corpus: s,
    })),
  ];
  return all.flatMap((item) => {
    const edit = edits.value.find((e) => e.of === item.key);
    return edit === undefined ? [item] : [item, { key: `e${item.key}`, sentence: null, own: null, copyOf: item.key, text: edit.text, corpus: null }];
  });
});

/** The sentence that the keyboard is on. */
export const currentItem = computed<ItemKey>(() => {
  const wanted = viewed.item.value;
  return items.value.some((i) => i.key === wanted) ? wanted : (items.value[0]?.key ?? '');
});

/** Counts the moves that should scroll the current sentence into sight. */
export const revealed = signal(0);

export function setItem(key: ItemKey, options: { reveal?: boolean } = {}): void {
  if (key !== view.peek().item) change({ item: key });
  if (options.reveal === true) revealed.value++;
}

/** Go up or down a sentence. */
export function stepItem(by: number): void {
  const list = items.peek();
  const at = list.findIndex((i) => i.key === currentItem.peek());
  const next = list[Math.max(0, Math.min(list.length - 1, at + by))];
  if (next !== undefined) setItem(next.key, { reveal: true });
}

export function turnPage(by: number): void {
  const total = page.peek()?.total ?? 0;
  const last = Math.max(0, Math.floor((total - 1) / PAGE) * PAGE);
  const next = Math.max(0, Math.min(last, view.peek().offset + by * PAGE));
  if (next !== view.peek().offset) change({ offset: next, item: '' }, { push: true });
}

/** Show the page that holds a corpus sentence. Filters go, because they may hide it. */
export function showSentence(index: number): void {
  const start = Math.floor(index / PAGE) * PAGE;
  change({ offset: start, part: '', query: '', item: `c${index}` }, { push: true });
  revealed.value++;
}

/** Add a sentence of the user's own; says what is wrong with it, or null. */
export function addText(raw: string): string | null {
  const text = raw.trim();
  const own = view.peek().texts;
  if (text === '') return 'There is nothing to translate yet: type an English sentence.';
  if (text.length > MAX_TEXT_LENGTH) {
    return `This text has ${text.length} characters; at most ${MAX_TEXT_LENGTH} can be sent. Split it into sentences.`;
  }
  if (own.length >= MAX_TEXTS) return `There are ${MAX_TEXTS} sentences of your own already; remove one first.`;
  const at = own.indexOf(text);
  if (at >= 0) setItem(`t${at}`, { reveal: true });
  else {
    change({ texts: [...own, text], item: `t${own.length}` }, { push: true });
    revealed.value++;
  }
  return null;
}

export function removeText(index: number): void {
  const before = view.peek().texts;
  const after = before.filter((_, i) => i !== index);
  change({ texts: after, edits: editsAfter(view.peek().edits, before, after), item: '' }, { push: true });
}
