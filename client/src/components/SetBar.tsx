/** The manipulation sets that are shown: what each does to the corpus, always beside its translations. */
import { count, fixed, pValue, signedFixed } from '../lib/format';
import { differenceText, metricTitle, scoreText } from '../lib/metrics';
import { isFinal, share } from '../lib/jobs';
import type { ScoreResult, SetInfo } from '../api/types';
import { unscorable } from '../services/project';
import { openSheet } from '../services/rankings';
import { resultOf, scoreJobOf, scoreOf, scoreSet, setsError, setSlots, showSet } from '../services/sets';
import { Icon } from './Icon';
import { CancelButton, Failure } from './States';

/** What a set does to the corpus. */
interface Found {
  name: string;
  value: string;
  difference: string;
  /** Whether the difference is for the better, for the worse, or may be chance. */
  way: '' | 'better' | 'worse';
  changed: number;
  sentences: number;
  /** All that is known of it. */
  title: string;
}

function sureWay(p: number | null, difference: number, lowerIsBetter = false): Found['way'] {
  if (p === null || p >= 0.05 || difference === 0) return '';
  return difference < 0 === lowerIsBetter ? 'better' : 'worse';
}

const chance = (p: number | null) => (p === null ? '' : `, ${pValue(p)}`);

/** Of a translation model BLEU, of another the first of its own scores. */
function foundOf(set: SetInfo, result: ScoreResult | null): Found | null {
  const part = scoreOf(set);
  if (part !== null) {
    const difference = part.bleu - part.bleu_baseline;
    return {
      name: 'BLEU', value: fixed(part.bleu), difference: signedFixed(difference), way: sureWay(part.bleu_p_value, difference),
      changed: part.changed_sentences, sentences: part.sentences,
      title: `BLEU ${fixed(part.bleu)} ± ${fixed(part.bleu_interval)}, clean ${fixed(part.bleu_baseline)}${chance(part.bleu_p_value)}; chrF ${fixed(part.chrf)} (${signedFixed(part.chrf - part.chrf_baseline)})`,
    };
  }
  const [first, ...others] = result?.metrics ?? [];
  if (result === null || first === undefined) return null;
  const perplexity = first.name === 'perplexity';
  const said = (m: typeof first) => `${metricTitle(m.name)} ${scoreText(m.value, perplexity)} ± ${scoreText(m.interval, perplexity)}, clean ${scoreText(m.baseline ?? m.value, perplexity)}${chance(m.p_value)}`;
  const difference = first.value - (first.baseline ?? first.value);
  return {
    name: metricTitle(first.name), value: scoreText(first.value, perplexity), difference: differenceText(difference, perplexity), way: sureWay(first.p_value, difference, perplexity),
    changed: result.changed_sentences ?? 0, sentences: result.scored, title: [first, ...others].map(said).join('; '),
  };
}

/** Score and number of changed sentences, or how to get them. */
export function SetScore({ set }: { set: SetInfo }) {
  const [job, score] = [scoreJobOf(set), foundOf(set, resultOf(set))];
  const running = job !== undefined && !isFinal(job);
  if (unscorable.value !== null) return <span class="quiet" title={unscorable.value}>not scored</span>;
  if (running) {
    const part = share(job);
    return (
      <span class="set-score">
        {score !== null && <span class="numbers quiet">{score.name} {score.difference} so far</span>}
        <progress aria-label={`Scoring ${set.name}`} max={1} {...(part === null ? {} : { value: part })} />
        <CancelButton job={job} label={`Cancel scoring ${set.name}`} />
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
  return (
    <span class="set-score" title={score.title}>
      <span class="numbers">
        {score.name} {score.value}{' '}
        <b class={`difference ${score.way}`}>({score.difference})</b>,{' '}
        {count(score.changed)} of {count(score.sentences)} sentences changed
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
