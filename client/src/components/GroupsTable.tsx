/** Groups of neurons ablated each as a whole: bars of the score with intervals, against no ablation. */
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import type { GroupsResult, MetricInfo, PointScore } from '../api/types';
import { count, pValue } from '../lib/format';
import { better, differenceText, metricTitle, scoreText } from '../lib/metrics';
import { saidAblated } from '../lib/said';
import { choosePoint, dropAblation, leavePoints, looked, pointKey, shownPoint, type Drawn } from '../services/ablation';
import { viewed } from '../services/store';
import { Icon } from './Icon';
import { JobProgress } from './States';

type Point = GroupsResult['baseline'];

const NOTHING: PointScore = { value: 0, interval: 0, p_value: 1 };

function figures(point: Point, metric: MetricInfo): PointScore {
  return point.metrics[metric.name] ?? NOTHING;
}

const WIDTH = 220;

/** A score as a bar from zero (a perplexity's from one, by its logarithm), its interval as a line, the score without ablation as a mark. */
function Bar({ point, clean, most, metric }: { point: Point; clean: number; most: number; metric: MetricInfo }) {
  const { value, interval } = figures(point, metric);
  const share = (v: number) => (metric.logarithmic ? Math.log(Math.max(1, v)) / Math.log(Math.max(2, most)) : v / most);
  const at = (v: number) => Math.max(0, Math.min(1, share(v))) * WIDTH;
  return (
    <svg class="group-bar" viewBox={`0 0 ${WIDTH} 14`} height={14} preserveAspectRatio="none" aria-hidden="true">
      <rect x={0} y={3} width={at(value)} height={8} />
      <line class="interval" x1={at(value - interval)} x2={at(value + interval)} y1={7} y2={7} />
      <line class="clean" x1={at(clean)} x2={at(clean)} y1={0} y2={14} />
    </svg>
  );
}

interface RowProps {
  point: Point;
  result: GroupsResult;
  metric: MetricInfo;
  most: number;
  /** What the row is called when it is looked at or chosen. */
  name: string;
}

function Row({ point, result, metric, most, name }: RowProps) {
  const { value, interval, p_value: p } = figures(point, metric);
  const clean = figures(result.baseline, metric).value;
  const none = point === result.baseline;
  const sure = p < 0.05 && !none;
  // The hand rests on a row for a moment before its translations are read.
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const rest = () => { if (timer.current !== null) clearTimeout(timer.current); };
  return (
    <tr
      class={shownPoint.value === name ? 'chosen' : ''}
      onPointerEnter={() => { rest(); timer.current = setTimeout(() => { looked.value = name; }, 150); }}
      onPointerLeave={rest}
    >
      <th scope="row"><button type="button" class="plain address" aria-pressed={viewed.point.value === name} onFocus={() => { looked.value = name; }} onClick={() => { rest(); choosePoint(name); }}>{none ? 'nothing ablated' : point.name}</button></th>
      <td class="numbers">{none ? '' : count(point.neurons)}</td>
      <td><Bar point={point} clean={clean} most={most} metric={metric} /></td>
      <td class="numbers">{scoreText(value, metric.logarithmic)} <span class="quiet">± {scoreText(interval, metric.logarithmic)}</span></td>
      <td class={`numbers difference ${sure ? (better(metric, clean, value) ? 'worse' : 'better') : ''}`}>{none ? '' : differenceText(value - clean, metric.logarithmic)}</td>
      <td class="numbers quiet">{none ? '' : pValue(p)}</td>
      <td class="numbers">{none ? '' : count(point.changed_sentences)}</td>
    </tr>
  );
}

export interface GroupsTableProps {
  drawn: Drawn;
  /** Of the metric that is looked at; the first of the result's own if it has not that one. */
  metric: string;
  /** The translations of the row that is pointed at. */
  children: ComponentChildren;
}

export function GroupsTable({ drawn: { id, job, groups }, metric: wanted, children }: GroupsTableProps) {
  const title = groups === null ? (job?.title ?? id) : `${groups.title}, ${saidAblated(groups.operation)}${groups.scope === 'recurrence' ? ' in the recurrence' : ''}`;
  const points = groups === null ? [] : [groups.baseline, ...groups.points];
  const metric = groups?.metrics.find((m) => m.name === wanted) ?? groups?.metrics[0];
  const most = metric === undefined ? 1 : Math.max(1, ...points.map((p) => { const f = figures(p, metric); return f.value + f.interval; }));
  return (
    <section class="groups" data-role="groups" aria-label={title}>
      <h3>
        {title}{' '}
        <button type="button" class="plain tiny" aria-label={`Take ${title} out of the sheet`} onClick={() => { dropAblation(id); }}><Icon name="close" /></button>
      </h3>
      {job !== undefined && job.state !== 'done' && <JobProgress job={job} compact />}
      {groups !== null && metric !== undefined && (
        <div class="groups-grid">
          <div>
            <table class="ablation-table" onPointerLeave={leavePoints}>
              <thead>
                <tr>
                  <th scope="col">ablated</th><th scope="col" class="numbers">neurons</th><th scope="col"><span class="unseen">bar</span></th><th scope="col" class="numbers">{metricTitle(metric.name)}</th>
                  <th scope="col" class="numbers">difference</th><th scope="col" class="numbers">chance</th><th scope="col" class="numbers">changed of {count(groups.baseline.sentences)}</th>
                </tr>
              </thead>
              <tbody>
                {points.map((point) => (
                  <Row
                    key={point.name}
                    point={point}
                    result={groups}
                    metric={metric}
                    most={most}
                    name={pointKey(id, point.translations)}
                  />
                ))}
              </tbody>
            </table>
            <p class="quiet legend-line"><span class="clean-mark" aria-hidden="true" /> nothing ablated; the line on a bar is its 95 % interval; chance is the paired bootstrap{'\u2019'}s</p>
            <details class="signatures"><summary>signature</summary><code>{metric.signature}</code></details>
          </div>
          <div class="groups-kept" tabIndex={0} role="group" aria-label="What the model makes of the corpus">{children}</div>
        </div>
      )}
    </section>
  );
}
