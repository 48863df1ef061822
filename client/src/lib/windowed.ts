/** Which rows of a long list of equal rows have to exist for the part that is on the screen. */

export interface ListWindow {
  /** First row to draw. */
  first: number;
  /** One past the last row to draw. */
  last: number;
  /** Pixels above the first drawn row. */
  top: number;
  /** Height of the whole list in pixels. */
  total: number;
}

export function windowOf(
  scrollTop: number,
  height: number,
  rowHeight: number,
  rows: number,
  overscan = 6,
): ListWindow {
  const total = rows * rowHeight;
  const reach = Math.max(0, Math.min(scrollTop, total - height));
  const first = Math.max(0, Math.floor(reach / rowHeight) - overscan);
  const last = Math.min(rows, Math.ceil((reach + Math.max(0, height)) / rowHeight) + overscan);
  return { first, last, top: first * rowHeight, total };
}

/** The scroll position that shows a row with as little movement as possible. */
export function reveal(
  row: number,
  scrollTop: number,
  height: number,
  rowHeight: number,
): number {
  const top = row * rowHeight;
  if (top < scrollTop) return top;
  if (top + rowHeight > scrollTop + height) return top + rowHeight - height;
  return scrollTop;
}
