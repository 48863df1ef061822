/** A large dialog over the panes: it keeps the focus, closes on Escape, and is part of the address. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Sheet as SheetName } from '../lib/view';
import { landFrom } from '../services/focusing';
import { project, projectLoad } from '../services/project';
import { openSheet } from '../services/rankings';
import { viewed } from '../services/store';
import { Icon } from './Icon';
import { Failure, Skeleton } from './States';

export interface SheetProps {
  name: SheetName;
  title: string;
  /** A narrow one for a form. */
  narrow?: boolean;
  /** Whether it is of use where no project is open. */
  alone?: boolean;
  children: ComponentChildren;
}

/**
 * What is in a sheet, as soon as there is a project. An address opens a sheet before that, and a
 * button that is pressed then would have nothing to ask the server about.
 */
function Body({ children }: { children: ComponentChildren }) {
  if (project.value !== null) return <>{children}</>;
  const { error } = projectLoad.load.value;
  if (error === null) return <Skeleton label="Opening the project" />;
  return <Failure error={error} what="The project could not be opened" retry={() => { projectLoad.reload(); }} />;
}

export function Sheet({ name, title, narrow = false, alone = false, children }: SheetProps) {
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
      {open && <div class="sheet-body" tabIndex={-1}>{alone ? children : <Body>{children}</Body>}</div>}
    </dialog>
  );
}
