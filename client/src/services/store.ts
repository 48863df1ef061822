/**
 * The view as a signal, kept equal to the address bar. Navigation makes a history entry; what moves
 * quickly (sliders, arrow keys) replaces the current one, a few times a second at most, because
 * browsers refuse more.
 */
import { computed, signal, type ReadonlySignal } from '@preact/signals';
import { decodeView, encodeView, type Problem } from '../lib/codec';
import { DEFAULT_VIEW, type View } from '../lib/view';

export const view = signal<View>(DEFAULT_VIEW);

/** Values of the address that were ignored when it was read. */
export const problems = signal<Problem[]>([]);

const WRITE_EVERY = 300;
let timer: ReturnType<typeof setTimeout> | null = null;

function fields(): { [K in keyof View]: ReadonlySignal<View[K]> } {
  const made = Object.keys(DEFAULT_VIEW).map((key) => [key, computed(() => view.value[key as keyof View])]);
  return Object.fromEntries(made) as { [K in keyof View]: ReadonlySignal<View[K]> };
}

/** The view field by field. Components read these: a move of a slider then redraws only its own. */
export const viewed = fields();

function written(): string {
  const query = encodeView(view.peek());
  return `${location.pathname}${query === '' ? '' : `?${query}`}`;
}

function writeNow(push: boolean): void {
  if (timer !== null) clearTimeout(timer);
  timer = null;
  const target = written();
  if (target === location.pathname + location.search) return;
  if (push) history.pushState(null, '', target);
  else history.replaceState(null, '', target);
}

/** Change the view. `push` makes a step that the back button returns from. */
export function change(patch: Partial<View>, options: { push?: boolean } = {}): void {
  if (options.push === true && timer !== null) writeNow(false);
  view.value = { ...view.peek(), ...patch };
  if (options.push === true) writeNow(true);
  else timer ??= setTimeout(() => {
    writeNow(false);
  }, WRITE_EVERY);
}

/** Read the address bar, now and whenever the back button changes it. */
export function followAddress(): void {
  const read = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const found = decodeView(location.search);
    view.value = found.view;
    problems.value = found.problems;
  };
  read();
  addEventListener('popstate', read);
  addEventListener('pagehide', () => {
    if (timer !== null) writeNow(false);
  });
}

/** The address of what is on the screen, for copying. */
export function link(): string {
  return new URL(written(), location.href).toString();
}
