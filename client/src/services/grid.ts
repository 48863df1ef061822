/**
 * Keyboard in a grid of tokens: one tab stop, arrows inside (WAI-ARIA grid pattern). The active
 * token is an attribute and `aria-activedescendant`, so that walking redraws nothing.
 */
import { asFromLeft } from '../lib/roving';
import { hoverElement, hoverNothing } from './hover';

const ACTIVE = 'active-token';

function rowsOf(grid: HTMLElement): HTMLElement[] {
  return [...grid.querySelectorAll<HTMLElement>('.tokens[data-n]')];
}

function activate(grid: HTMLElement, cell: HTMLElement): void {
  grid.querySelector(`#${ACTIVE}`)?.removeAttribute('id');
  cell.id = ACTIVE;
  grid.setAttribute('aria-activedescendant', ACTIVE);
  cell.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  hoverElement(cell);
}

/** Steps of a key: rows and columns, or the ends of a row. */
function moved(key: string, row: number, column: number, width: number, page: number): [number, number] | null {
  switch (key) {
    case 'ArrowRight':
      return [row, column + 1];
    case 'ArrowLeft':
      return [row, column - 1];
    case 'ArrowDown':
      return [row + 1, column];
    case 'ArrowUp':
      return [row - 1, column];
    case 'Home':
      return [row, 0];
    case 'End':
      return [row, width - 1];
    case 'PageDown':
      return [row + page, column];
    case 'PageUp':
      return [row - page, column];
    default:
      return null;
  }
}

export function gridKeys(event: KeyboardEvent, act: (cell: EventTarget | null) => void): void {
  const grid = event.currentTarget;
  if (!(grid instanceof HTMLElement) || event.target !== grid) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const active = grid.querySelector<HTMLElement>(`#${ACTIVE}`);
  if ((event.key === 'Enter' || event.key === ' ') && active !== null) {
    event.preventDefault();
    act(active);
    return;
  }
  const rows = rowsOf(grid);
  const row = active === null ? 0 : Math.max(0, rows.indexOf(active.parentElement ?? active));
  const column = active === null ? -1 : [...(active.parentElement?.children ?? [])].indexOf(active);
  const next = moved(asFromLeft(event.key, rows[row]), row, column, rows[row]?.children.length ?? 0, 10);
  if (next === null) return;
  event.preventDefault();
  event.stopPropagation();
  const [r, c] = active === null ? [0, 0] : next;
  const target = rows[Math.max(0, Math.min(rows.length - 1, r))];
  const cell = target?.children[Math.max(0, Math.min(target.children.length - 1, c))];
  if (cell instanceof HTMLElement) activate(grid, cell);
}

/** Leaving the grid puts its light out. */
export function gridLeave(grid: HTMLElement): void {
  grid.querySelector(`#${ACTIVE}`)?.removeAttribute('id');
  grid.removeAttribute('aria-activedescendant');
  hoverNothing();
}
