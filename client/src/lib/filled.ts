/**
 * Forms whose fields are part of the address: what differs from what a form begins with is written as
 * `control.betas~0, 4`, so that a reload or a copied link brings back also what was not sent yet.
 */

/** How a field is written as a text, and which texts it takes; undefined for any other. */
export interface Kind<T> {
  read: (text: string) => T | undefined;
  write: (value: T) => string;
}

export type Kinds<T> = { readonly [K in keyof T]: Kind<T[K]> };

/** Characters that a field has at most. */
export const MAX_FIELD = 8000;
export const MAX_FILLED = 60;

export const words: Kind<string> = { read: (text) => text, write: (value) => value };

/** A text, or null where nothing was typed: the server's own text then stands there. */
export const typed: Kind<string | null> = { read: (text) => text, write: (value) => value ?? '' };

export function choice<T extends string>(all: readonly T[]): Kind<T> {
  return { read: (text) => all.find((one) => one === text), write: (value) => value };
}

export function several<T extends string>(all: readonly T[]): Kind<T[]> {
  return {
    read: (text) => {
      const parts = text === '' ? [] : text.split(',');
      const found = all.filter((one) => parts.includes(one));
      return found.length === parts.length ? found : undefined;
    },
    write: (value) => value.join(','),
  };
}

/** Names without commas, whatever they are: the form asks whether there are such. */
export const names: Kind<string[]> = {
  read: (text) => (text === '' ? [] : text.split(',')),
  write: (value) => value.join(','),
};

/** Names that may hold commas; null for the server's own. */
export const listed: Kind<string[] | null> = {
  read: (text) => {
    try {
      const found: unknown = JSON.parse(text);
      return Array.isArray(found) && found.every((one) => typeof one === 'string') ? (found as string[]) : undefined;
    } catch {
      return undefined;
    }
  },
  write: (value) => (value === null ? '' : JSON.stringify(value)),
};

export const flag: Kind<boolean> = {
  read: (text) => (text === '1' ? true : text === '0' ? false : undefined),
  write: (value) => (value ? '1' : '0'),
};

export function between(low: number, high: number): Kind<number> {
  return {
    read: (text) => {
      const found = /^-?\d/.test(text) ? Number(text) : NaN;
      return found >= low && found <= high ? found : undefined;
    },
    write: (value) => String(value),
  };
}

type Plain = Record<string, string | number | boolean>;

/** Options by their names. */
export const options: Kind<Plain> = {
  read: (text) => {
    try {
      const found: unknown = JSON.parse(text);
      if (typeof found !== 'object' || found === null || Array.isArray(found)) return undefined;
      return Object.values(found).every((v) => ['string', 'number', 'boolean'].includes(typeof v)) ? (found as Plain) : undefined;
    } catch {
      return undefined;
    }
  },
  write: (value) => JSON.stringify(value),
};

/** Whether the address may hold this: a form, a point, a field, a tilde and any text. */
export function isEntry(text: string): boolean {
  return text.length <= MAX_FIELD && /^[a-z]+\.\w+~/i.test(text);
}

/** Characters that servers surely take of an address, less what the rest of the view may need. */
const MAX_WRITTEN = 4500;

/** The entries that the address has room for: a very long text is left out, and lost by a reload. */
export function written(entries: readonly string[]): string[] {
  let left = MAX_WRITTEN;
  return entries.filter((entry) => {
    const length = encodeURIComponent(entry.replace(/\p{Surrogate}/gu, '\ufffd')).length + 4;
    if (length > left) return false;
    left -= length;
    return true;
  });
}

function keyOf(form: string, field: string): string {
  return `${form}.${field}~`;
}

/** A form: what it begins with, with what the entries say of it in its place. */
export function filledIn<T extends object>(form: string, kinds: Kinds<T>, base: T, entries: readonly string[]): T {
  const found = { ...base };
  for (const field of Object.keys(kinds) as (keyof T & string)[]) {
    const key = keyOf(form, field);
    const entry = entries.find((e) => e.startsWith(key));
    const value = entry === undefined ? undefined : kinds[field].read(entry.slice(key.length));
    if (value !== undefined) found[field] = value;
  }
  return found;
}

/** Whether a form has the field of an entry, and the field takes its text. */
export function isTaken<T extends object>(form: string, kinds: Kinds<T>, entry: string): boolean {
  return (Object.keys(kinds) as (keyof T & string)[]).some((field) => {
    const key = keyOf(form, field);
    return entry.startsWith(key) && kinds[field].read(entry.slice(key.length)) !== undefined;
  });
}

/** The entries after a form was changed: only what differs from what it begins with stays. */
export function entriesWith<T extends object>(form: string, kinds: Kinds<T>, base: T, entries: readonly string[], value: T): string[] {
  const own = (Object.keys(kinds) as (keyof T & string)[]).flatMap((field) => {
    const text = kinds[field].write(value[field]);
    const usual = text === kinds[field].write(base[field]) && (value[field] === null) === (base[field] === null);
    return usual ? [] : [keyOf(form, field) + text];
  });
  return [...entriesWithout(form, entries), ...own];
}

export function entriesWithout(form: string, entries: readonly string[]): string[] {
  return entries.filter((e) => !e.startsWith(`${form}.`));
}

/** Marks a field as wrong if what is lacking in a form begins with its name and a colon; `by` is the id of what says so. */
export function blamed(lacking: string | null, field: string, by: string): { 'aria-invalid': boolean; 'aria-describedby': string | undefined } {
  const wrong = lacking?.startsWith(`${field}:`) === true;
  return { 'aria-invalid': wrong, 'aria-describedby': wrong ? by : undefined };
}
