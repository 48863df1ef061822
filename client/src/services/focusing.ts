/**
 * Where the keyboard goes when what it was on has gone: a button that was disabled while the server
 * was asked, a row that was taken away, a sheet that gave way to another, or one that a link opened.
 */

/** How long to look for what is still on its way: a busy server may take its time, and nothing else is done meanwhile. */
const PATIENCE = 30_000;

let stop: (() => void) | null = null;

/** Focus what a selector finds in the open dialog, as soon as it is there, unless a hand was quicker. */
export function focusSoon(selector: string): void {
  stop?.();
  const until = performance.now() + PATIENCE;
  let frame = 0;
  const end = () => {
    cancelAnimationFrame(frame);
    for (const kind of ['keydown', 'pointerdown']) removeEventListener(kind, end, true);
    stop = null;
  };
  const look = () => {
    const found = document.querySelector<HTMLElement>(`dialog[open] :is(${selector}):not(:disabled)`);
    if (found !== null) {
      end();
      found.focus();
    } else if (performance.now() > until) end();
    else frame = requestAnimationFrame(look);
  };
  stop = end;
  for (const kind of ['keydown', 'pointerdown']) addEventListener(kind, end, true);
  // After the page has been drawn with what has changed.
  frame = requestAnimationFrame(() => {
    frame = requestAnimationFrame(look);
  });
}

/**
 * After a sheet closed: the browser goes back to what was on before, and to nothing if the address
 * opened the sheet or that has gone. Then go to the button that opens it again, or to the page.
 */
export function landFrom(sheet: string): void {
  const on = document.activeElement;
  // What was on in the closed sheet is, until the page is drawn again.
  const lost = on === null || on === document.body || on.closest('dialog:not([open])') !== null;
  if (!lost || document.querySelector('dialog[open]') !== null) return;
  const button = document.querySelector<HTMLElement>(`[data-opens~="${sheet}"]:not(:disabled)`);
  (button ?? document.querySelector<HTMLElement>('main'))?.focus();
}
