/** Ablation curves: what the corpus score loses as more and more neurons are taken away. */
import { Changed } from '../components/Changed';
import { CurveChart, type ChartBand, type ChartCurve } from '../components/CurveChart';
import { GroupsTable } from '../components/GroupsTable';
import { Empty, Failure, Loaded, Skeleton } from '../components/States';
import { Sheet } from '../components/Sheet';
import type { AblationResult, MetricInfo } from '../api/types';
import { count, pValue } from '../lib/format';
import { isFinal } from '../lib/jobs';
import { metricsOf, metricTitle, scoreText } from '../lib/metrics';
import type { Task } from '../lib/task';
import { ablationError } from '../services/ablating';
import { choosePoint, drawAgain, drawn, earlier, keptLoad, leavePoints, looked, pointKey, shownPoint, type Drawn } from '../services/ablation';
import { model } from '../services/project';
import { change, viewed } from '../services/store';
import { written } from '../services/writing';
import { AblationForm } from './AblationForm';
import { AreasTable, Points, titleOf, WORDS } from './AblationTable';

const COLOURS: ChartCurve['kind'][] = ['one', 'two', 'three', 'four', 'five', 'six'];

type Point = AblationResult['curves'][number]['points'][number];

function said(p: Point, metric: MetricInfo): string {
  const score = p.metrics[metric.name];
  const chance = p.ablated === 0 || score === undefined ? '' : ` (${pValue(score.p_value)} against none)`;
  const value = score === undefined ? '' : `${metricTitle(metric.name)} ${scoreText(score.value, metric.logarithmic)} ± ${scoreText(score.interval, metric.logarithmic)}${chance}, `;
  return `${count(p.ablated)} neurons, ${value}${count(p.changed_sentences)} of ${count(p.sentences)} sentences changed`;
}

function curvesOf(all: readonly Drawn[], metric: MetricInfo): { curves: ChartCurve[]; bands: ChartBand[] } {
  const [curves, bands]: [ChartCurve[], ChartBand[]] = [[], []];
  all.forEach(({ id, result }, i) => {
    if (result?.metrics.some((m) => m.name === metric.name) !== true) return;
    const kind = COLOURS[i % COLOURS.length] ?? 'one';
    for (const curve of result.curves) {
      if (curve.points.length === 0) continue;
      curves.push({
        name: `${titleOf(result)}: ${WORDS[curve.direction]}${curve.seed === null ? '' : ` ${curve.seed + 1}`}`,
        kind, dashed: curve.direction === 'bottom', faint: curve.direction === 'random',
        points: curve.points.flatMap((p) => {
          const score = p.metrics[metric.name];
          return score === undefined ? [] : [{ key: pointKey(id, p.translations), x: p.ablated, y: score.value, interval: score.interval, title: said(p, metric) }];
        }),
      });
    }
    const band = result.bands[metric.name] ?? [];
    if (band.length > 0) bands.push({ name: `${titleOf(result)}: random orders`, kind, points: band.map(({ ablated, ...rest }) => ({ x: ablated, ...rest })) });
  });
  return { curves, bands };
}

/** What the point that is read is called; empty if none is. */
function nameOfPoint(all: readonly Drawn[], key: string): string {
  const [job, name] = key.split(':');
  const of = all.find((d) => d.id === job);
  // Nothing is loaded for a point that is not there, so it must not have a name either.
  if (of === undefined || name === undefined) return '';
  if (of.groups?.baseline.translations === name) return 'Nothing ablated';
  const group = of.groups?.points.find((p) => p.translations === name);
  if (group !== undefined) return `${group.name} ablated`;
  for (const curve of of.result?.curves ?? []) {
    const point = curve.points.find((p) => p.translations === name);
    if (point?.ablated === 0) return 'Nothing ablated';
    if (point !== undefined && of.result) return `${titleOf(of.result)}: ${WORDS[curve.direction]}${curve.seed === null ? '' : ` ${curve.seed + 1}`}, ${count(point.ablated)} neurons`;
  }
  return '';
}

function Kept() {
  const [open, name] = [model.value, nameOfPoint(drawn.value, shownPoint.value)];
  const what = open?.task === 'translation' ? 'Translations at a point' : 'What the model makes of texts at a point';
  if (name === '') return <p class="quiet">Point at the chart or at a row to read what the model makes of the corpus there. A click keeps the point.</p>;
  return (
    <section aria-label={what}>
      <h3>{name}</h3>
      <Loaded of={keptLoad} what="What the model made" skeleton={<Skeleton lines={12} />}>
        {(found, load) => (
          <>
            <p class="quiet legend-line">The first {count(found.length)} sentences; <ins>what is new</ins> against nothing ablated, which stands above it</p>
            <dl class={`kept ${load.state === 'loading' ? 'behind' : ''}`}>
              {found.map((item, i) => (
                <div key={i}>
                  <dt {...written(item.source, 'source')}>{item.source}</dt>
                  <dd>
                    {item.before !== null && item.before !== item.after && <span class="quiet before" {...written(item.before, 'target')}>{item.before}</span>}
                    <span class="after" {...written(item.after, 'target')}>{item.before === null ? item.after : <Changed before={item.before} after={item.after} />}</span>
                  </dd>
                </div>
              ))}
            </dl>
          </>
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

function Earlier() {
  if (earlier.value.length === 0) return null;
  return (
    <label class="inline">add earlier
      <select value="" onChange={(e) => { if (e.currentTarget.value !== '') drawAgain(e.currentTarget.value); }}>
        <option value="">choose curves or groups</option>
        {earlier.value.map((job) => <option key={job.id} value={job.id}>{job.title} ({new Date(job.created).toLocaleString(undefined, { dateStyle: 'short', timeStyle: 'short' })})</option>)}
      </select>
    </label>
  );
}

function Tools({ metrics, metric }: { metrics: readonly MetricInfo[]; metric: MetricInfo | undefined }) {
  if (drawn.value.length === 0 && earlier.value.length === 0) return null;
  return (
    <div class="inline-fields">
      {drawn.value.length > 0 && (
        <label class="inline">score
          <select class="curve-metric" value={metric?.name ?? ''} disabled={metric === undefined} onChange={(e) => { change({ curveMetric: e.currentTarget.value }, { push: true }); }}>
            {metrics.length === 0 ? <option value="">not known yet</option> : metrics.map((m) => <option key={m.name} value={m.name}>{metricTitle(m.name)}{m.higher_is_better ? '' : ' (lower is better)'}</option>)}
          </select>
        </label>
      )}
      <Earlier />
      {drawn.value.some((d) => lacks(d, metric)) && <span class="quiet">Curves that were scored otherwise are not in this chart.</span>}
    </div>
  );
}

function Body() {
  const all = drawn.value.filter((d) => d.job?.kind !== 'groups');
  const groups = drawn.value.filter((d) => d.job?.kind === 'groups');
  const metrics = metricsOf(drawn.value.flatMap((d) => d.result ?? d.groups ?? []));
  const metric = metrics.find((m) => m.name === viewed.curveMetric.value) ?? metrics[0];
  const { curves, bands } = metric === undefined ? { curves: [], bands: [] } : curvesOf(all, metric);
  const busy = drawn.value.some(({ job }) => job !== undefined && !isFinal(job));
  const ofGroup = groups.find((d) => shownPoint.value.startsWith(`${d.id}:`));
  return (
    <div class="ablation" data-role="ablation" aria-busy={busy}>
      <AblationForm />
      {ablationError.value !== null && <Failure error={ablationError.value} what="The curves could not be drawn" dismiss={() => { ablationError.value = null; }} />}
      <Tools metrics={metrics} metric={metric} />
      {drawn.value.length === 0 && (
        <Empty title="No curve yet">
          Neurons are taken away in the order of a ranking, and the corpus is {ABLATED[model.value?.task ?? 'translation']} at every step. If the
          ranking is right, the score gets worse early when the most important go first and late when the least important do;
          random orders show what any neurons would do.
        </Empty>
      )}
      {groups.map((d) => (
        <GroupsTable key={d.id} drawn={d} metric={metric?.name ?? ''}>
          {ofGroup === d ? <Kept /> : <p class="quiet">Point at a row to read what the model makes of the corpus then. A click keeps the row.</p>}
        </GroupsTable>
      ))}
      {all.length > 0 && (
        <div class="curves-grid">
          <div>
            <CurveChart
              label="Score against the number of ablated neurons" curves={curves} bands={bands} logarithmic={metric?.logarithmic === true}
              yName={metric === undefined ? 'score' : metricTitle(metric.name)} nothing={busy ? 'The first points are on their way.' : 'No point is known.'}
              shown={shownPoint.value} chosen={viewed.point.value} look={(key) => { looked.value = key; }} leave={leavePoints} choose={choosePoint}
            />
            <AreasTable all={all} metric={metric} />
            <Points all={all} />
          </div>
          <div class="curves-kept" tabIndex={0} role="group" aria-label="What the model makes of the corpus">
            {ofGroup === undefined ? <Kept /> : <p class="quiet">Point at the chart to read what the model makes of the corpus there.</p>}
          </div>
        </div>
      )}
    </div>
  );
}

export function Ablation() {
  return <Sheet name="ablate" title="Ablation curves and groups"><Body /></Sheet>;
}
