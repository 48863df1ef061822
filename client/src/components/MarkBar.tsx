/** While words are being marked: what to do, how many are, and the search for their neurons. */
import { Failure } from './States';
import { count } from '../lib/format';
import { lacksReferences } from '../services/project';
import { clearMarks, findMarked, markError, markHint, marking, marks, markedSide, searching, setMarking } from '../services/marking';

export function MarkBar() {
  if (!marking.value) return null;
  const n = marks.value.length;
  return (
    <div class="mark-bar" data-role="mark-bar">
      <span role="status">
        {n === 0 ? `Click words of the source${lacksReferences.value ? '' : ' or the reference'}, or drag over a stretch; in the activations, Enter marks.` : `${count(n)} ${n === 1 ? 'word' : 'words'} of the ${markedSide.value ?? ''} marked`}
        {markHint.value !== null && <span class="warning"> {markHint.value}</span>}
      </span>
      <button type="button" class="small primary" disabled={n === 0 || searching.value} onClick={() => void findMarked()}>Find neurons</button>
      <button type="button" class="small" disabled={n === 0} onClick={clearMarks}>Clear</button>
      <button type="button" class="small" onClick={() => { setMarking(false); }}>Done</button>
      {markError.value !== null && <Failure error={markError.value} what="No neurons could be looked for" dismiss={() => { markError.value = null; }} />}
    </div>
  );
}
