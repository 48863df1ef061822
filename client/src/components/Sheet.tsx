/** A large dialog over the panes: it keeps the focus, closes on Escape, and is part of the address. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Sheet as SheetName } from '../lib/view';
import { landFrom } from '../services/focusing';
import { openSheet } from '../services/rankings';
import { viewed } from '../services/store';
import { Icon } from './Icon';

export interface SheetProps {
  name: SheetName;
  title: string;
  /** A narrow one for a form. */
  narrow?: boolean;
  children: ComponentChildren;
}

export function Sheet({ name, title, narrow = false, children }: SheetProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const open = viewed.sheet.value === name;
  useEffect(() => {
    const dialog = ref.current;
    if (dialog === null) return;
    if (open && !dialog.open) dialog.showModal();
    if (!open && dialog.open) dialog.close();
  }, [open]);
  return (
    <dialog
      ref={ref}
      class={`sheet ${narrow ? 'narrow' : ''}`}
      aria-labelledby={`sheet-${name}`}
      onClose={() => {
        if (viewed.sheet.peek() === name) openSheet('');
        landFrom(name);
      }}
    >
      <header>
        <h2 id={`sheet-${name}`}>{title}</h2>
        <button type="button" class="plain tiny" aria-label="Close" onClick={() => { openSheet(''); }}><Icon name="close" /></button>
      </header>
      {open && <div class="sheet-body" tabIndex={-1}>{children}</div>}
    </dialog>
  );
}
