/**
 * The view as a signal, kept equal to the address bar. Navigation makes a history entry; all else
 * replaces the current one, at once if it comes alone. What moves quickly (sliders, arrow keys) is
 * written a few times a second at most, because browsers refuse more.
 */
import { computed, signal, type ReadonlySignal } from '@preact/signals';
import { decodeView, encodeView, type Problem } from '../lib/codec';
import { DEFAULT_VIEW, type View } from '../lib/view';

export const view = signal<View>(DEFAULT_VIEW);

/** Values of the address that were ignored when it was read. */
export const problems = signal<Problem[]>([]);

const WRITE_EVERY = 300;
/** Runs while nothing more is written. */
let timer: ReturnType<typeof setTimeout> | null = null;
/** Whether the view has gone on since the address was written. */
let due = false;

function fields(): { [K in keyof View]: ReadonlySignal<View[K]> } {
  const made = Object.keys(DEFAULT_VIEW).map((key) => [key, computed(() => view.value[key as keyof View])]);
  return Object.fromEntries(made) as { [K in keyof View]: ReadonlySignal<View[K]> };
}

/** The view field by field. Components read these: a move of a slider then redraws only its own. */
export const viewed = fields();

/**
 * A longer view stands behind a hash, which no server is sent: servers, and what stands before them,
 * refuse a request whose first line is longer than some thousand characters.
 */
const LONGEST_QUERY = 6000;

/** The part of an address that holds a view, with its `?` or `#`. */
function asPart(query: string): string {
  return query === '' ? '' : `${query.length > LONGEST_QUERY ? '#' : '?'}${query}`;
}

function written(): string {
  return `${location.pathname}${asPart(encodeView(view.peek()))}`;
}

/** That part of the address bar now. */
function standing(): string {
  return location.search + location.hash;
}

function forgetDue(): void {
  if (timer !== null) clearTimeout(timer);
  timer = null;
  due = false;
}

function writeNow(push: boolean): void {
  forgetDue();
  const target = written();
  if (target === location.pathname + standing()) return;
  if (push) history.pushState(null, '', target);
  else history.replaceState(null, '', target);
}

/** Change the view. `push` makes a step that the back button returns from. */
export function change(patch: Partial<View>, options: { push?: boolean } = {}): void {
  if (options.push === true && due) writeNow(false);
  view.value = { ...view.peek(), ...patch };
  if (options.push === true) writeNow(true);
  else if (timer === null) replaceAndRest();
  else due = true;
}

/** Write the address, and nothing more for a while. */
function replaceAndRest(): void {
  writeNow(false);
  timer = setTimeout(() => {
    timer = null;
    if (due) replaceAndRest();
  }, WRITE_EVERY);
}

/** A reload asks for the address of before it was written last; what was meant is found here. */
const LEFT = 'neurox.left';

function leave(): void {
  if (!due) return;
  const before = standing();
  writeNow(false);
  try {
    sessionStorage.setItem(LEFT, JSON.stringify([before, standing()]));
  } catch {
    // Storage can be forbidden; a reload then shows what the address said a moment ago.
  }
}

/** After a reload, bring the address up to what the page was left with. */
function catchUp(): void {
  try {
    const [before, after] = JSON.parse(sessionStorage.getItem(LEFT) ?? '[]') as string[];
    sessionStorage.removeItem(LEFT);
    const [entry] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
    if (entry?.type === 'reload' && standing() === before) history.replaceState(null, '', location.pathname + (after ?? ''));
  } catch {
    // As above.
  }
}

/** Read the address bar, now and whenever the back button changes it. */
export function followAddress(): void {
  const read = () => {
    forgetDue();
    const found = decodeView(/^#v=\d/.test(location.hash) ? location.hash.slice(1) : location.search);
    view.value = found.view;
    problems.value = found.problems;
  };
  catchUp();
  read();
  addEventListener('popstate', read);
  addEventListener('pagehide', leave);
}

/** The address of what is on the screen, for copying. */
export function link(): string {
  return new URL(written(), location.href).toString();
}
