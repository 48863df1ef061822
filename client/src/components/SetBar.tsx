/** The manipulation sets that are shown: what each does to the corpus, always beside its translations. */
import { count, fixed, pValue, signedFixed } from '../lib/format';
import { isFinal, share } from '../lib/jobs';
import type { SetInfo } from '../api/types';
import { cancelJob } from '../services/jobs';
import { model } from '../services/project';
import { openSheet } from '../services/rankings';
import { scoreJobOf, scoreOf, scoreSet, setsError, setSlots, showSet } from '../services/sets';
import { Icon } from './Icon';
import { Failure } from './States';

/** Score and number of changed sentences, or how to get them. */
export function SetScore({ set }: { set: SetInfo }) {
  const [job, score] = [scoreJobOf(set), scoreOf(set)];
  const running = job !== undefined && !isFinal(job);
  if (model.value?.task !== 'translation') return <span class="quiet">not scored</span>;
  if (running) {
    const part = share(job);
    return (
      <span class="set-score">
        {score !== null && <span class="numbers quiet">BLEU {signedFixed(score.bleu - score.bleu_baseline)} so far</span>}
        <progress aria-label={`Scoring ${set.name}`} max={1} {...(part === null ? {} : { value: part })} />
        <button type="button" class="small" aria-label={`Cancel scoring ${set.name}`} onClick={() => void cancelJob(job.id)}>Cancel</button>
      </span>
    );
  }
  if (score === null || job?.state !== 'done') {
    return (
      <span class="set-score">
        {job?.state === 'failed' && <span class="warning">{job.error?.message ?? 'the scoring failed'}</span>}
        <button type="button" class="small" aria-label={`Score the corpus with ${set.name}`} onClick={() => void scoreSet(set)}>Score the corpus</button>
      </span>
    );
  }
  const difference = score.bleu - score.bleu_baseline;
  const sure = score.bleu_p_value !== null && score.bleu_p_value < 0.05;
  const chance = score.bleu_p_value === null ? '' : `, ${pValue(score.bleu_p_value)}`;
  const title = `BLEU ${fixed(score.bleu)} ± ${fixed(score.bleu_interval)}, clean ${fixed(score.bleu_baseline)}${chance}; chrF ${fixed(score.chrf)} (${signedFixed(score.chrf - score.chrf_baseline)})`;
  return (
    <span class="set-score" title={title}>
      <span class="numbers">
        BLEU {fixed(score.bleu)}{' '}
        <b class={`difference ${sure ? (difference < 0 ? 'worse' : 'better') : ''}`}>({signedFixed(difference)})</b>,{' '}
        {count(score.changed_sentences)} of {count(score.sentences)} sentences changed
      </span>
    </span>
  );
}

export function SetBar() {
  const slots = setSlots.value;
  if (slots.length === 0) return null;
  return (
    <div class="set-bar" data-role="set-bar" role="region" aria-label="Sets that are shown">
      <ul>
        {slots.map(({ id, set }) => set === null ? <li key={id}><span class="quiet">loading</span></li> : (
          <li key={id} data-set={id}>
            <button type="button" class="plain set-name" title="Open the list of sets" onClick={() => { openSheet('sets'); }}>{set.name}</button>
            <SetScore set={set} />
            <button type="button" class="plain tiny" aria-label={`Show ${set.name} no longer`} onClick={() => { showSet(set.id, false); }}><Icon name="close" /></button>
          </li>
        ))}
      </ul>
      {setsError.value !== null && <Failure error={setsError.value.error} what={setsError.value.what} dismiss={() => { setsError.value = null; }} />}
    </div>
  );
}
