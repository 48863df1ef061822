/**
 * Text to neurons: words are marked on the page, and the neurons that tell them from all other words
 * of the corpus are asked for. Marked words are painted from here by an attribute, as pointed-at
 * words are, so that marking redraws nothing.
 */
import { computed, effect, signal } from '@preact/signals';
import { ask, askFrame, type ApiError } from '../api/client';
import type { MarkedRequest, RankingInfo } from '../api/types';
import { neuronAt } from '../lib/address';
import { spansOf, toggled, type Mark } from '../lib/marks';
import { hoverKey, readHoverKey } from './hover';
import { say } from './notices';
import { inProject, lacksReferences, model, project } from './project';
import { orderPath } from './ranking';
import { refreshRankings, showRanking } from './rankings';
import { asApiError } from './resource';
import { focusOn } from './selection';
import { items } from './sentences';
import { shown } from './translations';

export const marking = signal(false);
export const marks = signal<readonly Mark[]>([]);
export const markError = signal<ApiError | null>(null);
export const markHint = signal<string | null>(null);
export const searching = signal(false);

export const markedSide = computed(() => marks.value[0]?.side ?? null);

export function setMarking(on: boolean): void {
  marking.value = on;
  markHint.value = null;
  if (!on) clearMarks();
}

export function clearMarks(): void {
  marks.value = [];
  markError.value = null;
}

function markOf(key: string): Mark | null {
  const found = readHoverKey(key);
  const sentence = /^c(\d+)$/.exec(found?.item ?? '')?.[1];
  if (found === null) return null;
  if (sentence === undefined) {
    markHint.value = 'Only words of the corpus can be marked: the activations of your own sentences are not recorded.';
    return null;
  }
  if (found.side === 'target') {
    markHint.value = lacksReferences.peek()
      ? 'Only words of the source can be marked here: the text has no references.'
      : 'Words of the model\u2019s own translation are not recorded; mark words of the source or of the reference.';
    return null;
  }
  markHint.value = null;
  return { side: found.side as Mark['side'], sentence: Number(sentence), word: found.word };
}

/** The word that a dragged mark began at, and what was marked before. */
let anchor: { mark: Mark; before: readonly Mark[] } | null = null;

function keyUnder(target: EventTarget | null): string | null {
  const cell = target instanceof Element ? target.closest<HTMLElement>('[data-h]') : null;
  return cell?.dataset.h ?? null;
}

/** Mark or unmark a word, from wherever it is on the page; says whether marking took the event. */
export function markWord(target: EventTarget | null): boolean {
  if (!marking.peek()) return false;
  const key = keyUnder(target);
  const mark = key === null ? null : markOf(key);
  if (mark !== null) {
    marks.value = toggled(marks.peek(), mark, mark);
    say(`${marks.peek().length} words marked`);
  }
  return key !== null;
}

export function beginMark(event: PointerEvent): void {
  if (!marking.peek() || event.button !== 0) return;
  const key = keyUnder(event.target);
  const mark = key === null ? null : markOf(key);
  if (mark === null) return;
  event.preventDefault();
  anchor = { mark, before: marks.peek() };
  marks.value = toggled(anchor.before, mark, mark);
  addEventListener('pointerup', () => { anchor = null; }, { once: true });
}

export function extendMark(event: PointerEvent): void {
  if (anchor === null || (event.buttons & 1) === 0) return;
  const key = keyUnder(event.target);
  const mark = key === null ? null : markOf(key);
  if (mark === null || mark.side !== anchor.mark.side || mark.sentence !== anchor.mark.sentence) return;
  marks.value = toggled(anchor.before, anchor.mark, mark);
}

/** Ask for the neurons of the marked words and show them as a ranking. */
export async function findMarked(): Promise<void> {
  const [p, m, side] = [project.peek(), model.peek(), markedSide.peek()];
  if (p === null || m === null || side === null || searching.peek()) return;
  searching.value = true;
  markError.value = null;
  try {
    const body: MarkedRequest = { model: m.name, side, spans: spansOf(marks.peek()), layers: null };
    const info = await ask<RankingInfo>(inProject(p.id, 'marked'), { body });
    const { arrays } = await askFrame(orderPath(p.id, info.id, ''));
    refreshRankings();
    showRanking(info.id);
    focusOn(neuronAt(info.layers, arrays.order?.values[0] ?? 0));
  } catch (error) {
    markError.value = asApiError(error);
  } finally {
    searching.value = false;
  }
}

/** Paint the marked words wherever they are on the page. */
export function followMarks(): void {
  let painted: Element[] = [];
  const paint = () => {
    for (const element of painted) element.removeAttribute('data-picked');
    painted = marks.peek().flatMap(({ side, sentence, word }) => [
      ...document.querySelectorAll(`[data-h="${CSS.escape(hoverKey(`c${sentence}`, side, word))}"]`),
    ]);
    for (const element of painted) element.setAttribute('data-picked', '');
  };
  effect(() => {
    // Words that come with another page or translation have to be painted too, once they are drawn.
    if (marks.value.length > 0 && shown.value.size + items.value.length >= 0) requestAnimationFrame(paint);
    else paint();
  });
}
