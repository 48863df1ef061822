/** The sentence that the sheet asks about, and the way to the next one. */
import { isolated } from '../lib/writing';
import { asked } from '../services/corpus';
import { items, setItem } from '../services/sentences';

export function AskedSentence() {
  const item = asked.value;
  return (
    <label class="asked-sentence">sentence
      <select value={item?.key ?? ''} onChange={(e) => { setItem(e.currentTarget.value); }}>
        {items.value.map((i) => (
          <option key={i.key} value={i.key}>{i.copyOf !== null ? 'edit' : i.sentence === null ? 'own' : String(i.sentence + 1)}: {isolated(i.text.slice(0, 160))}</option>
        ))}
      </select>
    </label>
  );
}
