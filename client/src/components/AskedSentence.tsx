/** The sentence that the sheet asks about, and the way to the next one. */
import { asked } from '../services/corpus';
import { model } from '../services/project';
import { items, setItem } from '../services/sentences';

export function AskedSentence() {
  const item = asked.value;
  return (
    <label class="asked-sentence">sentence
      <select value={item?.key ?? ''} dir={model.value?.source_direction} onChange={(e) => { setItem(e.currentTarget.value); }}>
        {items.value.map((i) => (
          <option key={i.key} value={i.key}>{i.copyOf !== null ? 'edit' : i.sentence === null ? 'own' : String(i.sentence + 1)}: {i.text.slice(0, 160)}</option>
        ))}
      </select>
    </label>
  );
}
