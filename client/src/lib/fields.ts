/** Kinds of fields that the address holds. */
import { parseNeuron } from './address';

/** A field of the view: how it is written and read. */
export interface Field<T> {
  key: string;
  wanted: string;
  /** Undefined means: not understood. */
  read: (values: string[]) => T | undefined;
  write: (value: T) => string[];
}

export function name(key: string, wanted: string): Field<string> {
  return {
    key,
    wanted,
    read: ([value]) => (value !== undefined && value.length <= 300 ? value : undefined),
    write: (value) => (value === '' ? [] : [value]),
  };
}

export function oneOf<T extends string>(key: string, allowed: readonly T[]): Field<T> {
  return {
    key,
    wanted: allowed.join(' or '),
    read: ([value]) => allowed.find((a) => a === value),
    write: (value) => [value],
  };
}

/** A text of a certain form. */
export function matching(key: string, wanted: string, form: RegExp): Field<string> {
  return {
    key,
    wanted,
    read: ([value]) => (form.test(value ?? '') ? value : undefined),
    write: (value) => [value],
  };
}

export function job(key: string): Field<string> {
  return matching(key, 'a job, such as 12ab34cd56ef', /^\w{0,40}$/);
}

/** What the server names by ids, each once. */
export function ids(key: string, what: string, most: number): Field<string[]> {
  return {
    key,
    wanted: `at most ${most} ${what}`,
    read: (values) =>
      values.length <= most && values.every((v) => /^\w{1,40}$/.test(v)) && new Set(values).size === values.length ? values : undefined,
    write: (value) => value,
  };
}

export function whole(key: string, least: number, most: number): Field<number> {
  return {
    key,
    wanted: `a whole number from ${least} to ${most}`,
    read: ([value]) => {
      const found = /^\d{1,9}$/.test(value ?? '') ? Number(value) : NaN;
      return found >= least && found <= most ? found : undefined;
    },
    write: (value) => [String(value)],
  };
}

export function address(key: string): Field<string> {
  return {
    key,
    wanted: 'a neuron such as encoder.1.rnn_hidden[3]',
    read: ([value]) => (value === '' || parseNeuron(value ?? '') !== null ? value : undefined),
    write: (value) => [value],
  };
}

export function layer(key: string): Field<string> {
  return {
    key,
    wanted: 'a layer such as encoder.1.rnn_hidden',
    read: ([value]) => (/^((encoder|decoder)\.\d{1,4}\.[a-z_]+)?$/.test(value ?? '') ? value : undefined),
    write: (value) => [value],
  };
}
