/** BLEU and chrF of the whole corpus, clean and changed, with how sure the difference is. */
import type { PartScore, ScoreResult } from '../api/types';
import { Empty, Failure, JobProgress } from '../components/States';
import { Pane } from '../components/Pane';
import { count, fixed, number, pValue, signed, signedFixed } from '../lib/format';
import { isFinal } from '../lib/jobs';
import { metricTitle } from '../lib/metrics';
import { model, unscorable } from '../services/project';
import { openSheet } from '../services/rankings';
import { interventions } from '../services/selection';
import { change } from '../services/store';
import { dismissScoreError, outdated, scoreError, scoreJob, scoreResult, starting, startScore } from '../services/score';

const HELP = (
  <>
    <p>
      Translates the whole corpus twice, clean and with the interventions that are switched on, and scores both with
      sacreBLEU against the references. The interval is the 95 % confidence interval of the changed score from bootstrap
      resampling; p is the paired bootstrap's probability that a difference this large is chance.
    </p>
    <p><b>Slices</b> reads the score of every slice of the corpus, by any label or length, off the same translations.</p>
    <p>It runs as a job: partial scores appear while it works, and it can be cancelled. A reload finds it again.</p>
  </>
);

type Metric = 'bleu' | 'chrf';

function figures(part: PartScore, metric: Metric) {
  return metric === 'bleu'
    ? { clean: part.bleu_baseline, changed: part.bleu, interval: part.bleu_interval, p: part.bleu_p_value }
    : { clean: part.chrf_baseline, changed: part.chrf, interval: part.chrf_interval, p: part.chrf_p_value };
}

function Row({ part, metric }: { part: PartScore; metric: Metric }) {
  const { clean, changed, interval, p } = figures(part, metric);
  const difference = changed - clean;
  const sure = p !== null && p < 0.05;
  return (
    <tr>
      {metric === 'bleu' && (
        <th scope="rowgroup" rowSpan={2}>
          {part.part}
          <span class="quiet numbers">{count(part.sentences)} sentences, {count(part.changed_sentences)} changed</span>
        </th>
      )}
      <td class="quiet">{metric === 'bleu' ? 'BLEU' : 'chrF'}</td>
      <td class="numbers">{fixed(clean)}</td>
      <td class="numbers">{fixed(changed)} <span class="quiet">± {fixed(interval)}</span></td>
      <td class={`numbers difference ${sure ? (difference < 0 ? 'worse' : 'better') : ''}`}>{p === null ? '' : signedFixed(difference)}</td>
      <td class="numbers quiet">{p === null ? 'clean run' : pValue(p)}</td>
    </tr>
  );
}

/** Scores of a model that does not translate. */
function Metrics({ result }: { result: ScoreResult }) {
  return (
    <div class={`score-result ${outdated.value ? 'behind' : ''}`}>
      <table>
        <thead>
          <tr><th scope="col">metric</th><th scope="col">clean</th><th scope="col">changed</th><th scope="col">difference</th><th scope="col">chance</th></tr>
        </thead>
        <tbody>
          {result.metrics.map((m) => (
            <tr key={m.name}>
              <th scope="row">{metricTitle(m.name)}</th>
              <td class="numbers">{number(m.baseline ?? m.value)}</td>
              <td class="numbers">{m.baseline === null ? '' : number(m.value)} <span class="quiet">± {number(m.interval)}</span></td>
              <td class="numbers">{m.baseline === null ? '' : signed(m.value - m.baseline)}</td>
              <td class="numbers quiet">{m.p_value === null ? 'clean run' : pValue(m.p_value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <details class="signatures">
        <summary>signatures</summary>
        {result.metrics.map((m) => <code key={m.name}>{m.signature}</code>)}
      </details>
    </div>
  );
}

function Result() {
  const result = scoreResult.value;
  if (result !== null && result.metrics.length > 0) return <Metrics result={result} />;
  if (result === null || result.parts.length === 0) return null;
  return (
    <div class={`score-result ${outdated.value ? 'behind' : ''}`}>
      <table>
        <thead>
          <tr>
            <th scope="col">part</th>
            <th scope="col"><span class="unseen">metric</span></th>
            <th scope="col">clean</th>
            <th scope="col">changed</th>
            <th scope="col">difference</th>
            <th scope="col">chance</th>
          </tr>
        </thead>
        {result.parts.map((part) => (
          <tbody key={part.part}>
            <Row part={part} metric="bleu" />
            <Row part={part} metric="chrf" />
          </tbody>
        ))}
      </table>
      {!result.complete && <p class="quiet">Partial: {count(result.scored)} sentences so far.</p>}
      <details class="signatures">
        <summary>signatures</summary>
        <code>{result.bleu_signature}</code>
        <code>{result.chrf_signature}</code>
      </details>
    </div>
  );
}

export function Score() {
  const job = scoreJob.value;
  const error = scoreError.value;
  const running = job !== null && !isFinal(job);
  const why = unscorable.value;
  return (
    <Pane
      id="score"
      title="Corpus score"
      help={HELP}
      note={outdated.value ? <span class="quiet">of an earlier setting</span> : undefined}
      actions={
        <>
        {why === null && model.value !== null && <button type="button" class="small" title="The score of every slice of the corpus" onClick={() => { change({ sheet: 'corpus', corpusTab: 'slices' }, { push: true }); }}>Slices{'\u2026'}</button>}
        {why === null && model.value !== null && <button type="button" class="small" data-opens="ablate" onClick={() => { openSheet('ablate'); }}>Ablation curves{'\u2026'}</button>}
        <button type="button" class="small primary" disabled={why !== null || starting.value || running} aria-describedby={why === null ? undefined : 'unscorable'} onClick={() => void startScore()}>
          {interventions.value.length === 0 ? 'Score the clean model' : `Score with ${interventions.value.length} changed`}
        </button>
        </>
      }
    >
      <div class="scroll" tabIndex={0} role="group" aria-label="Corpus score">
        {error !== null && <Failure error={error} what="The corpus could not be scored" retry={() => void startScore()} dismiss={dismissScoreError} />}
        {why !== null && job === null && <div id="unscorable"><Empty title="No score">{why}</Empty></div>}
        {why === null && job === null && error === null && (
          <Empty title="Not scored yet">Scores the whole corpus, clean and with what is switched on above.</Empty>
        )}
        {job !== null && job.state !== 'done' && <JobProgress job={job} />}
        <Result />
      </div>
    </Pane>
  );
}
