/** Interventions that were found, kept as a set under a name that is offered or typed. */
import { useState } from 'preact/hooks';
import type { InterventionBody } from '../api/types';
import { openSheet } from '../services/rankings';
import { saveSet, sets, working } from '../services/sets';

const LONGEST = 80;

export function KeepAs({ what, edits, offered }: { what: string; edits: readonly InterventionBody[]; offered: string }) {
  const [typed, setTyped] = useState('');
  const wanted = (typed.trim() === '' ? offered : typed.trim()).slice(0, LONGEST);
  const replaces = sets.value.some((s) => s.name === wanted);
  return (
    <form
      class="inline-fields"
      onSubmit={(e) => {
        e.preventDefault();
        void saveSet(wanted, edits).then((kept) => {
          if (!kept) return;
          setTyped('');
          openSheet('');
        });
      }}
    >
      <label class="inline">keep {what} as
        <input type="text" class="set-name-field" maxLength={LONGEST} placeholder={offered} value={typed} onInput={(e) => { setTyped(e.currentTarget.value); }} />
      </label>
      <button type="submit" class="primary" disabled={working.value || edits.length === 0} title="A set under every sentence of the page, decoded live; listed under Sets">{replaces ? 'Replace the set' : 'Keep as a set'}</button>
    </form>
  );
}
