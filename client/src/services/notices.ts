/** What the page has to tell that belongs to no single pane. It stays until it is dismissed. */
import { signal } from '@preact/signals';

export interface Notice {
  id: number;
  kind: 'error' | 'warning';
  text: string;
}

export const notices = signal<readonly Notice[]>([]);

/** What a screen reader is told; visible elsewhere already. */
export const spoken = signal('');

let last = 0;

/** Show a notice; the same words are shown once. */
export function notify(kind: Notice['kind'], text: string): void {
  if (notices.peek().some((n) => n.text === text)) return;
  notices.value = [...notices.peek(), { id: ++last, kind, text }];
}

export function dismiss(id: number): void {
  notices.value = notices.peek().filter((n) => n.id !== id);
}

export function say(text: string): void {
  spoken.value = text;
}
