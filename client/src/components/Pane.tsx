/** The frame of a pane: a title, a help text, its controls, and what it shows. */
import type { ComponentChildren } from 'preact';
import { Icon } from './Icon';

export interface PaneProps {
  id: string;
  title: string;
  /** What this pane is for and how to use it. */
  help: ComponentChildren;
  /** Beside the title: what the pane is about right now. */
  note?: ComponentChildren;
  actions?: ComponentChildren;
  footer?: ComponentChildren;
  children: ComponentChildren;
}

export function Pane({ id, title, help, note, actions, footer, children }: PaneProps) {
  return (
    <section class={`pane pane-${id}`} aria-labelledby={`${id}-title`} data-pane={id}>
      <header class="pane-head">
        <h2 id={`${id}-title`}>{title}</h2>
        <button type="button" class="plain tiny" popovertarget={`${id}-help`} aria-label={`About ${title}`}>
          <Icon name="help" />
        </button>
        {note !== undefined && <div class="pane-note">{note}</div>}
        <div class="pane-actions">{actions}</div>
      </header>
      <div id={`${id}-help`} popover="auto" class="help-card" role="note">
        {help}
      </div>
      <div class="pane-body">{children}</div>
      {footer !== undefined && <footer class="pane-foot">{footer}</footer>}
    </section>
  );
}
