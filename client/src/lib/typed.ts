/**
 * The text of a field that counts when it is left or Enter is pressed. Until then it is kept here: each
 * drawing of a field puts its value back, and an answer of the server, which draws it, may come while
 * somebody types.
 */
import { useState } from 'preact/hooks';

interface FieldEvent {
  currentTarget: HTMLInputElement;
}

export interface Typed {
  value: string;
  onInput: (event: FieldEvent) => void;
  onChange: (event: FieldEvent) => void;
}

/**
 * @param shown what holds, as the field shows it while nothing is typed
 * @param take uses what was typed; false leaves it in the field, so that the person can mend it
 */
export function useTyped(shown: string, take: (field: HTMLInputElement) => unknown): Typed {
  const [typed, setTyped] = useState<string | null>(null);
  return {
    value: typed ?? shown,
    onInput: (e) => { setTyped(e.currentTarget.value); },
    onChange: (e) => { if (take(e.currentTarget) !== false) setTyped(null); },
  };
}
