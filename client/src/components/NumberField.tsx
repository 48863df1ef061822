/** A number that is taken when its field is left or Enter is pressed. */
import { useTyped } from '../lib/typed';

export interface NumberFieldProps {
  id?: string;
  class?: string;
  'aria-label'?: string;
  'aria-describedby'?: string;
  placeholder?: string;
  min?: number;
  max?: number;
  step?: number | 'any';
  /** The number that holds; null for an empty field. */
  value: number | null;
  /** Uses a number, NaN for an empty field. False refuses it: it stays, and the form says what is wrong with it when it is sent. */
  onTake: (value: number) => unknown;
}

export function NumberField({ value, onTake, ...about }: NumberFieldProps) {
  const typed = useTyped(value === null ? '' : String(value), (field) => onTake(field.valueAsNumber) !== false || Number.isNaN(field.valueAsNumber));
  return <input {...about} type="number" {...typed} />;
}
