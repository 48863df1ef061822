/** Ablation curves: what the corpus score loses as more and more neurons are taken away. */
import { signal } from '@preact/signals';
import { CurveChart, type ChartBand, type ChartCurve } from '../components/CurveChart';
import { GroupsTable } from '../components/GroupsTable';
import { Empty, Failure, JobProgress, Loaded, Skeleton } from '../components/States';
import { Icon } from '../components/Icon';
import { Sheet } from '../components/Sheet';
import type { AblationResult, MetricInfo } from '../api/types';
import { count, pValue } from '../lib/format';
import { isFinal } from '../lib/jobs';
import { metricsOf, metricTitle, scoreText } from '../lib/metrics';
import type { Task } from '../lib/task';
import { ablationError, chosen, drawn, dropAblation, keptLoad, type Direction, type Drawn } from '../services/ablation';
import { model } from '../services/project';
import { AblationForm, DIRECTIONS } from './AblationForm';

const KINDS: ChartCurve['kind'][] = ['one', 'two', 'three', 'four', 'five', 'six'];
const WORDS: Record<Direction, string> = { top: 'top first', bottom: 'bottom first', random: 'random' };

/** The metric that was chosen last; curves that have another one are drawn when that is chosen. */
const wanted = signal('');

function titleOf(result: AblationResult): string {
  return `${result.ranking}, ${result.operation}${result.scope === 'recurrence' ? ' in the recurrence' : ''}`;
}

function curvesOf(all: readonly Drawn[], metric: MetricInfo): { curves: ChartCurve[]; bands: ChartBand[] } {
  const [curves, bands]: [ChartCurve[], ChartBand[]] = [[], []];
  all.forEach(({ id, result }, i) => {
    if (result?.metrics.some((m) => m.name === metric.name) !== true) return;
    const kind = KINDS[i % KINDS.length] ?? 'one';
    for (const curve of result.curves) {
      if (curve.direction === 'random' || curve.points.length === 0) continue;
      const name = `${titleOf(result)}: ${WORDS[curve.direction]}`;
      curves.push({
        name, kind, dashed: curve.direction === 'bottom',
        points: curve.points.flatMap((p) => {
          const score = p.metrics[metric.name];
          return score === undefined ? [] : [{
            x: p.ablated,
            y: score.value,
            interval: score.interval,
            title: `${count(p.ablated)} neurons, ${scoreText(score.value, metric.logarithmic)}, ${count(p.changed_sentences)} of ${count(p.sentences)} sentences changed`,
            chosen: chosen.value?.job === id && chosen.value.translations === p.translations,
            choose: () => { chosen.value = { job: id, translations: p.translations, title: `${name}, ${count(p.ablated)} neurons` }; },
          }];
        }),
      });
    }
    const band = result.bands[metric.name] ?? [];
    if (band.length > 0) bands.push({ name: `${titleOf(result)}: random orders`, kind, points: band.map(({ ablated, ...rest }) => ({ x: ablated, ...rest })) });
  });
  return { curves, bands };
}

function Areas({ result, metric }: { result: AblationResult; metric: MetricInfo }) {
  const area = (direction: string) => {
    const values = result.curves.filter((c) => c.direction === direction).map((c) => c.areas[metric.name]);
    const known = values.filter((v): v is number => typeof v === 'number').map((v) => (metric.logarithmic ? Math.log(v) : v));
    const mean = known.reduce((a, b) => a + b, 0) / known.length;
    return known.length === 0 ? 'n/a' : scoreText(metric.logarithmic ? Math.exp(mean) : mean, metric.logarithmic);
  };
  return <>{DIRECTIONS.map(([d]) => <td key={d} class="numbers">{area(d)}</td>)}</>;
}

function Table({ all, metric }: { all: readonly Drawn[]; metric: MetricInfo | undefined }) {
  const name = metric === undefined ? 'score' : metricTitle(metric.name);
  return (
    <table class="ablation-table">
      <caption class="quiet">
        Mean {name} along each curve{metric?.logarithmic === true && ' (of its logarithm)'}: the {metric?.higher_is_better === false ? 'higher' : 'lower'}, the more these neurons mattered
      </caption>
      <thead>
        <tr><th scope="col">ablated</th>{DIRECTIONS.map(([d]) => <th key={d} scope="col">{WORDS[d]}</th>)}<th scope="col">signature</th><th scope="col"><span class="unseen">remove</span></th></tr>
      </thead>
      <tbody>
        {all.map(({ id, job, result }) => (
          <tr key={id}>
            <th scope="row">
              {result === null ? (job?.title ?? id) : titleOf(result)}
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
            <td><button type="button" class="plain tiny" aria-label={`Take ${result === null ? id : titleOf(result)} out of the chart`} onClick={() => { dropAblation(id); }}><Icon name="close" /></button></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Points({ all }: { all: readonly Drawn[] }) {
  return (
    <details class="ablation-points">
      <summary>all points</summary>
      <div class="scroll-x">
        {all.map(({ id, result }) => result === null ? null : (
          <table key={id}>
            <caption>{titleOf(result)}</caption>
            <thead>
              <tr>
                <th scope="col">order</th><th scope="col">neurons</th>
                {result.metrics.flatMap((m) => [<th key={m.name} scope="col">{metricTitle(m.name)}</th>, <th key={`${m.name} p`} scope="col">chance</th>])}
                <th scope="col">changed</th>
              </tr>
            </thead>
            <tbody>
              {result.curves.flatMap((c) => c.points.map((p) => (
                <tr key={`${c.direction}${c.seed}${p.ablated}`}>
                  <td>{WORDS[c.direction]}{c.seed === null ? '' : ` ${c.seed}`}</td>
                  <td class="numbers">
                    <button type="button" class="plain" onClick={() => { chosen.value = { job: id, translations: p.translations, title: `${titleOf(result)}: ${WORDS[c.direction]}, ${count(p.ablated)} neurons` }; }}>{count(p.ablated)}</button>
                  </td>
                  {result.metrics.flatMap((m) => {
                    const score = p.metrics[m.name];
                    return [
                      <td key={m.name} class="numbers">{score !== undefined && `${scoreText(score.value, m.logarithmic)} ± ${scoreText(score.interval, m.logarithmic)}`}</td>,
                      <td key={`${m.name} p`} class="numbers quiet">{p.ablated === 0 || score === undefined ? '' : pValue(score.p_value)}</td>,
                    ];
                  })}
                  <td class="numbers">{count(p.changed_sentences)}</td>
                </tr>
              )))}
            </tbody>
          </table>
        ))}
        {all.every((d) => d.result === null) && <p class="quiet">No point yet.</p>}
      </div>
    </details>
  );
}

function Kept() {
  const point = chosen.value;
  if (point === null) return <p class="quiet">Choose a point to read what the model makes of the corpus there.</p>;
  return (
    <section aria-label={model.value?.task === 'translation' ? 'Translations at a point' : 'What the model makes of texts at a point'}>
      <h3>{point.title}</h3>
      <Loaded of={keptLoad} what="What the model made" skeleton={<Skeleton lines={6} />}>
        {(found, load) => (
          <dl class={`kept ${load.state === 'loading' ? 'behind' : ''}`}>
            {found.items.filter((i) => i.translation !== null).map((item) => (
              <div key={item.sentence}>
                <dt dir={model.value?.source_direction}>{item.source}</dt>
                <dd dir={model.value?.target_direction} lang={model.value?.target_language}>{item.translation}</dd>
              </div>
            ))}
          </dl>
        )}
      </Loaded>
    </section>
  );
}

/** What is done with the corpus at every step. */
const ABLATED: Record<Task, string> = {
  translation: 'translated and scored again', 'language-modelling': 'read again, and its perplexity taken,',
  classification: 'classified and scored again', 'token-classification': 'classified and scored again', encoding: 'read',
};

/** Whether curves or groups are known but not by this metric. */
function lacks(one: Drawn, metric: MetricInfo | undefined): boolean {
  const found = one.result ?? one.groups;
  return found !== null && !found.metrics.some((m) => m.name === metric?.name);
}

function Body() {
  const all = drawn.value.filter((d) => d.job?.kind !== 'groups');
  const groups = drawn.value.filter((d) => d.job?.kind === 'groups');
  const metrics = metricsOf(drawn.value.flatMap((d) => d.result ?? d.groups ?? []));
  const metric = metrics.find((m) => m.name === wanted.value) ?? metrics[0];
  const { curves, bands } = metric === undefined ? { curves: [], bands: [] } : curvesOf(all, metric);
  const busy = drawn.value.some(({ job }) => job !== undefined && !isFinal(job));
  return (
    <div class="ablation" data-role="ablation" aria-busy={busy}>
      <AblationForm />
      {ablationError.value !== null && <Failure error={ablationError.value} what="The curves could not be drawn" dismiss={() => { ablationError.value = null; }} />}
      {drawn.value.length === 0 && (
        <Empty title="No curve yet">
          Neurons are taken away in the order of a ranking, and the corpus is {ABLATED[model.value?.task ?? 'translation']} at every step. If the
          ranking is right, the score gets worse early when the most important go first and late when the least important do;
          random orders show what any neurons would do.
        </Empty>
      )}
      {drawn.value.length > 0 && (
        <div class="inline-fields">
          <label class="inline">score
            <select value={metric?.name ?? ''} disabled={metric === undefined} onChange={(e) => { wanted.value = e.currentTarget.value; }}>
              {metrics.length === 0 ? <option value="">not known yet</option> : metrics.map((m) => <option key={m.name} value={m.name}>{metricTitle(m.name)}{m.higher_is_better ? '' : ' (lower is better)'}</option>)}
            </select>
          </label>
          {drawn.value.some((d) => lacks(d, metric)) && <span class="quiet">Curves of models that are scored otherwise are not in this chart.</span>}
        </div>
      )}
      {groups.map((d) => (
        <GroupsTable key={d.id} drawn={d} metric={metric?.name ?? ''}>
          {chosen.value?.job === d.id ? <Kept /> : <p class="quiet">Point at a row to read what the model makes of the corpus then.</p>}
        </GroupsTable>
      ))}
      {all.length > 0 && (
        <>
          <CurveChart label="Score against the number of ablated neurons" curves={curves} bands={bands} yName={metric === undefined ? 'score' : metricTitle(metric.name)} logarithmic={metric?.logarithmic === true} />
          <Table all={all} metric={metric} />
          <Points all={all} />
        </>
      )}
      {all.length > 0 && !groups.some((d) => d.id === chosen.value?.job) && <Kept />}
    </div>
  );
}

export function Ablation() {
  return <Sheet name="ablate" title="Ablation curves and groups"><Body /></Sheet>;
}
