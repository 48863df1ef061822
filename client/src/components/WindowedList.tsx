/** A list of any length whose rows are equally high: only those on the screen exist. */
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { reveal, windowOf } from '../lib/windowed';

export interface WindowedListProps {
  rows: number;
  rowHeight: number;
  label: string;
  /** Row that the keyboard is on; it is scrolled into sight when it changes. */
  active: number;
  /** What the rows are; others are shown from their first. */
  of: string;
  /** What was shown last, kept by the caller: between two lists this one may not be there. */
  last: { of: string | null };
  row: (index: number) => ComponentChildren;
  onStep: (to: number) => void;
  onAct: (index: number) => void;
}

export function WindowedList({ rows, rowHeight, label, active, of, last, row, onStep, onAct }: WindowedListProps) {
  const ref = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(400);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => {
      setHeight(element.clientHeight);
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, []);
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const other = last.of !== null && last.of !== of;
    last.of = of;
    if (other) {
      // Where the neuron that was looked at stands in a new order says less than what comes first.
      element.scrollTop = 0;
      return;
    }
    if (active < 0) return;
    const to = reveal(active, element.scrollTop, element.clientHeight, rowHeight);
    if (to !== element.scrollTop) element.scrollTop = to;
  }, [active, of, last, rows, rowHeight, height]);
  const shown = windowOf(top, height, rowHeight, rows);
  const keys = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(height / rowHeight) - 1);
    const at = Math.max(0, active);
    const targets: Record<string, number> = {
      ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: rows - 1,
    };
    const to = targets[event.key];
    if (to === undefined && event.key !== 'Enter') return;
    event.preventDefault();
    event.stopPropagation();
    if (to === undefined) onAct(at);
    else onStep(Math.max(0, Math.min(rows - 1, to)));
  };
  return (
    <div
      ref={ref}
      class="scroll windowed"
      role="grid"
      aria-label={label}
      aria-rowcount={rows}
      tabIndex={0}
      aria-activedescendant={active >= shown.first && active < shown.last ? `row-${active}` : undefined}
      onScroll={(e) => { setTop(e.currentTarget.scrollTop); }}
      onKeyDown={keys}
    >
      <div class="windowed-all" role="presentation" style={{ height: `${shown.total}px` }}>
        <div class="windowed-part" role="presentation" style={{ transform: `translateY(${shown.top}px)` }}>
          {Array.from({ length: Math.max(0, shown.last - shown.first) }, (_, i) => row(shown.first + i))}
        </div>
      </div>
    </div>
  );
}
