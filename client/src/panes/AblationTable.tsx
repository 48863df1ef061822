/** The numbers of ablation curves: what lies under each, and every point. */
import { Icon } from '../components/Icon';
import { JobProgress } from '../components/States';
import type { AblationResult, MetricInfo } from '../api/types';
import { count, pValue } from '../lib/format';
import { metricTitle, scoreText } from '../lib/metrics';
import { saidAblated } from '../lib/said';
import { saveFile } from '../lib/saving';
import { curvesCsv } from '../lib/tables';
import { choosePoint, dropAblation, pointKey, shownPoint, type Direction, type Drawn } from '../services/ablation';
import { titleOf as modelTitle } from '../services/project';
import { DIRECTIONS } from './AblationForm';

export const WORDS: Record<Direction, string> = { top: 'top first', bottom: 'bottom first', random: 'random' };

export function titleOf(result: AblationResult): string {
  return `${result.ranking}, ${saidAblated(result.operation)}${result.scope === 'recurrence' ? ' in the recurrence' : ''}`;
}

/** Mean height of curves; of random orders also the least and the most. */
function Areas({ result, metric }: { result: AblationResult; metric: MetricInfo }) {
  const area = (direction: string) => {
    const values = result.curves.filter((c) => c.direction === direction).map((c) => c.areas[metric.name]);
    const known = values.filter((v): v is number => typeof v === 'number');
    if (known.length === 0) return 'n/a';
    const scaled = known.map((v) => (metric.logarithmic ? Math.log(v) : v));
    const mean = scaled.reduce((a, b) => a + b, 0) / scaled.length;
    const text = scoreText(metric.logarithmic ? Math.exp(mean) : mean, metric.logarithmic);
    if (known.length < 2) return text;
    return <>{text} <span class="quiet">({scoreText(Math.min(...known), metric.logarithmic)} to {scoreText(Math.max(...known), metric.logarithmic)})</span></>;
  };
  return <>{DIRECTIONS.map(([d]) => <td key={d} class="numbers">{area(d)}</td>)}</>;
}

export function AreasTable({ all, metric }: { all: readonly Drawn[]; metric: MetricInfo | undefined }) {
  const name = metric === undefined ? 'score' : metricTitle(metric.name);
  return (
    <div class="scroll-x">
      <table class="ablation-table">
        <caption class="quiet">
          Mean {name} along each curve{metric?.logarithmic === true && ' (of its logarithm)'}: the {metric?.higher_is_better === false ? 'higher' : 'lower'}, the more these neurons mattered
        </caption>
        <thead>
          <tr><th scope="col">ablated</th>{DIRECTIONS.map(([d]) => <th key={d} scope="col" class="numbers">{WORDS[d]}</th>)}<th scope="col">signature</th><th scope="col"><span class="unseen">remove</span></th></tr>
        </thead>
        <tbody>
          {all.map(({ id, job, result }) => (
            <tr key={id}>
              <th scope="row">
                {result === null ? (job?.title ?? id) : titleOf(result)}
                {result !== null && <span class="quiet block">{modelTitle(result.model)}, {count(result.neurons)} neurons{result.complete ? '' : ', not all points'}</span>}
                {job !== undefined && job.state !== 'done' && <JobProgress job={job} compact />}
              </th>
              {result === null || metric === undefined ? <td colSpan={3} /> : <Areas result={result} metric={metric} />}
              <td>
                {result !== null && (
                  <details class="signatures">
                    <summary>show</summary>
                    <code>{result.signature}</code>
                    {result.metrics.filter((m) => m.name === metric?.name).map((m) => <code key={m.name}>{m.signature}</code>)}
                    <p class="quiet">Chance against no ablation is the paired bootstrap{'\u2019'}s over texts (bs: samples drawn).</p>
                  </details>
                )}
              </td>
              <td><button type="button" class="plain tiny" aria-label={`Take ${result === null ? id : titleOf(result)} out of the chart`} title="Take it out of the chart; it is kept" onClick={() => { dropAblation(id); }}><Icon name="close" /></button></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Points({ all }: { all: readonly Drawn[] }) {
  const found = all.flatMap((d) => d.result ?? []);
  return (
    <details class="ablation-points">
      <summary>all points</summary>
      <button type="button" class="small" disabled={found.length === 0} title="Every point with its scores, intervals and signatures" onClick={() => { saveFile('curves.csv', curvesCsv(found), 'text/csv'); }}>Export as CSV</button>
      <div class="scroll-x" tabIndex={0} role="group" aria-label="All points">
        {all.map(({ id, result }) => result === null ? null : (
          <table key={id}>
            <caption>{titleOf(result)}</caption>
            <thead>
              <tr>
                <th scope="col">order</th><th scope="col" class="numbers">neurons</th>
                {result.metrics.flatMap((m) => [<th key={m.name} scope="col" class="numbers">{metricTitle(m.name)}</th>, <th key={`${m.name} p`} scope="col" class="numbers">chance</th>])}
                <th scope="col" class="numbers">changed</th>
              </tr>
            </thead>
            <tbody>
              {result.curves.flatMap((c) => c.points.map((p) => {
                const key = pointKey(id, p.translations);
                return (
                  <tr key={`${c.direction}${c.seed}${p.ablated}`} class={shownPoint.value === key ? 'chosen' : ''}>
                    <td>{WORDS[c.direction]}{c.seed === null ? '' : ` ${c.seed + 1}`}</td>
                    <td class="numbers"><button type="button" class="plain" title="Read the translations at this point" onClick={() => { choosePoint(key); }}>{count(p.ablated)}</button></td>
                    {result.metrics.flatMap((m) => {
                      const score = p.metrics[m.name];
                      return [
                        <td key={m.name} class="numbers">{score !== undefined && `${scoreText(score.value, m.logarithmic)} ± ${scoreText(score.interval, m.logarithmic)}`}</td>,
                        <td key={`${m.name} p`} class="numbers quiet">{p.ablated === 0 || score === undefined ? '' : pValue(score.p_value)}</td>,
                      ];
                    })}
                    <td class="numbers">{count(p.changed_sentences)} of {count(p.sentences)}</td>
                  </tr>
                );
              }))}
            </tbody>
          </table>
        ))}
        {all.every((d) => d.result === null) && <p class="quiet">No point yet.</p>}
      </div>
    </details>
  );
}
