/** A form that lives in the address. */
import { computed, type ReadonlySignal } from '@preact/signals';
import { entriesWith, entriesWithout, filledIn, isTaken, type Kinds } from '../lib/filled';
import { change, view, viewed } from './store';

/** Whether some form takes each text of the address, by its name. */
const forms = new Map<string, (entry: string) => boolean>();

/** Entries of the address that no form knows, or whose text the field does not take. */
export function unknownEntries(entries: readonly string[]): string[] {
  return entries.filter((entry) => forms.get(entry.slice(0, entry.indexOf('.')))?.(entry) !== true);
}

export class Filled<T extends object> {
  private readonly now: ReadonlySignal<T>;

  /**
   * @param form its name in the address
   * @param kinds of its fields
   * @param base what stands there before anything is filled in; it may follow what is shown
   */
  constructor(
    private readonly form: string,
    private readonly kinds: Kinds<T>,
    private readonly base: () => T,
  ) {
    forms.set(form, (entry) => isTaken(form, kinds, entry));
    this.now = computed(() => filledIn(form, kinds, base(), viewed.filled.value));
  }

  get value(): T {
    return this.now.value;
  }

  peek(): T {
    return this.now.peek();
  }

  set(patch: Partial<T>): void {
    const filled = entriesWith(this.form, this.kinds, this.base(), view.peek().filled, { ...this.peek(), ...patch });
    change({ filled });
  }

  /** Say in the address all that differs from a base, also what the present one has: it is about to go. */
  keep(base: T): void {
    change({ filled: entriesWith(this.form, this.kinds, base, view.peek().filled, this.peek()) });
  }

  /** The entries of the address without those of this form. */
  cleared(): string[] {
    return entriesWithout(this.form, view.peek().filled);
  }
}
