/** The box that takes any sentence of the user's own. */
import { signal } from '@preact/signals';
import { ofLanguage, wordsOf } from '../lib/task';
import { model } from '../services/project';
import { addText } from '../services/sentences';

const draft = signal('');
const wrong = signal<string | null>(null);

function submit(event: Event): void {
  event.preventDefault();
  wrong.value = addText(draft.value);
  if (wrong.value === null) draft.value = '';
}

export function OwnSentence() {
  return (
    <form class="own" onSubmit={submit} noValidate>
      <input
        id="own-sentence"
        type="text"
        dir={draft.value === '' ? undefined : 'auto'}
        value={draft.value}
        placeholder={`Type ${ofLanguage(model.value?.source_language)} of your own`}
        aria-label="A sentence of your own"
        aria-invalid={wrong.value !== null}
        aria-describedby={wrong.value === null ? undefined : 'own-wrong'}
        autocomplete="off"
        onInput={(e) => {
          draft.value = e.currentTarget.value;
          wrong.value = null;
        }}
      />
      <button type="submit" class="primary">{wordsOf(model.value?.task).verb}</button>
      {wrong.value !== null && <p id="own-wrong" class="field-wrong" role="alert">{wrong.value}</p>}
    </form>
  );
}
