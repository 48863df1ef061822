/**
 * The text of a field that counts when it is left or Enter is pressed. Until then it is kept here: each
 * drawing of a field puts its value back, and an answer of the server, which draws it, may come while
 * somebody types.
 */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

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
  const gone = useRef(false);
  // A browser takes the keyboard out of a field that is removed, which says that it has changed: what was
  // typed must not undo the choice by which the field went.
  useLayoutEffect(() => () => { gone.current = true; }, []);
  return {
    value: typed ?? shown,
    onInput: (e) => { setTyped(e.currentTarget.value); },
    onChange: (e) => { if (!gone.current && take(e.currentTarget) !== false) setTyped(null); },
  };
}
