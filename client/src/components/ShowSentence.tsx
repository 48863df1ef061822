/** The number of a corpus sentence, which shows it in the panes. */
import { count } from '../lib/format';
import { look } from '../services/corpus';

export function ShowSentence({ sentence }: { sentence: number }) {
  return (
    <button type="button" class="small" title="Show this sentence" onClick={() => { look(sentence); }}>
      <span class="unseen">Show sentence </span>{count(sentence + 1)}
    </button>
  );
}
