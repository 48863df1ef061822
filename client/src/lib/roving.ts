/**
 * One tab stop for many buttons: arrows move between those that stand beside one another. Elements
 * say where they stand by `data-x` and `data-y`; right and left go to the nearest of the next column.
 */

function spot(element: HTMLElement): [number, number] {
  return [Number(element.dataset.x), Number(element.dataset.y)];
}

/** The element that an arrow key leads to; null if there is none that way. */
export function neighbour(elements: readonly HTMLElement[], from: HTMLElement, key: string): HTMLElement | null {
  const [x, y] = spot(from);
  const across = key === 'ArrowRight' || key === 'ArrowLeft';
  const sign = key === 'ArrowRight' || key === 'ArrowDown' ? 1 : -1;
  let best: HTMLElement | null = null;
  let least = Infinity;
  for (const element of elements) {
    const [a, b] = spot(element);
    const [along, beside] = across ? [(a - x) * sign, Math.abs(b - y)] : [(b - y) * sign, Math.abs(a - x)];
    if (along <= 0 || (!across && beside > 0)) continue;
    const far = along * 1000 + beside;
    if (far < least) [best, least] = [element, far];
  }
  return best;
}

const TURNED: Record<string, string> = { ArrowLeft: 'ArrowRight', ArrowRight: 'ArrowLeft' };

/** The key that goes the same way in what runs from the left. */
export function asFromLeft(key: string, container: Element | undefined): string {
  return container !== undefined && getComputedStyle(container).direction === 'rtl' ? (TURNED[key] ?? key) : key;
}

/** For `onKeyDown` of the container. */
export function rove(event: KeyboardEvent): void {
  if (!event.key.startsWith('Arrow') || !(event.currentTarget instanceof HTMLElement) || !(event.target instanceof HTMLElement)) return;
  const here = event.target.closest<HTMLElement>('[data-x]');
  if (here === null) return;
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-x]')];
  const next = neighbour(all, here, asFromLeft(event.key, event.currentTarget));
  event.preventDefault();
  if (next === null) return;
  next.focus();
}

/** For `onFocusIn` of the container: the tab stop is where the focus was last. */
export function keepStop(event: FocusEvent): void {
  if (!(event.currentTarget instanceof HTMLElement) || !(event.target instanceof HTMLElement)) return;
  const here = event.target.closest<HTMLElement>('[data-x]');
  if (here === null) return;
  for (const element of event.currentTarget.querySelectorAll<HTMLElement>('[data-x][tabindex="0"]')) element.tabIndex = -1;
  here.tabIndex = 0;
}
