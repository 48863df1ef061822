/** Groups of neurons ablated each as a whole: bars of the score with intervals, against no ablation. */
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import type { GroupsResult } from '../api/types';
import { count, fixed, pValue, signedFixed } from '../lib/format';
import { chosen, dropAblation, type Drawn } from '../services/ablation';
import { Icon } from './Icon';
import { JobProgress } from './States';

type Point = GroupsResult['baseline'];

function figures(point: Point, metric: 'bleu' | 'chrf') {
  return metric === 'bleu'
    ? { value: point.bleu, interval: point.bleu_interval, p: point.bleu_p_value }
    : { value: point.chrf, interval: point.chrf_interval, p: point.chrf_p_value };
}

const WIDTH = 220;

/** A score as a bar from zero, its interval as a line, the score without ablation as a mark. */
function Bar({ point, clean, most, metric }: { point: Point; clean: number; most: number; metric: 'bleu' | 'chrf' }) {
  const { value, interval } = figures(point, metric);
  const at = (v: number) => Math.max(0, Math.min(1, v / most)) * WIDTH;
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
  metric: 'bleu' | 'chrf';
  most: number;
  choose: () => void;
  isChosen: boolean;
}

function Row({ point, result, metric, most, choose, isChosen }: RowProps) {
  const { value, interval, p } = figures(point, metric);
  const clean = figures(result.baseline, metric).value;
  const none = point === result.baseline;
  const sure = p !== null && p < 0.05 && !none;
  // The hand rests on a row for a moment before its translations are read.
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const rest = () => { if (timer.current !== null) clearTimeout(timer.current); };
  return (
    <tr
      class={isChosen ? 'chosen' : ''}
      onPointerEnter={() => { rest(); timer.current = setTimeout(choose, 250); }}
      onPointerLeave={rest}
    >
      <th scope="row"><button type="button" class="plain address" aria-pressed={isChosen} onClick={choose}>{none ? 'nothing ablated' : point.name}</button></th>
      <td class="numbers">{none ? '' : count(point.neurons)}</td>
      <td><Bar point={point} clean={clean} most={most} metric={metric} /></td>
      <td class="numbers">{fixed(value)} <span class="quiet">± {fixed(interval)}</span></td>
      <td class={`numbers difference ${sure ? (value < clean ? 'worse' : 'better') : ''}`}>{none ? '' : signedFixed(value - clean)}</td>
      <td class="numbers quiet">{none || p === null ? '' : pValue(p)}</td>
      <td class="numbers">{none ? '' : count(point.changed_sentences)}</td>
    </tr>
  );
}

export interface GroupsTableProps {
  drawn: Drawn;
  metric: 'bleu' | 'chrf';
  /** The translations of the row that is pointed at. */
  children: ComponentChildren;
}

export function GroupsTable({ drawn: { id, job, groups }, metric, children }: GroupsTableProps) {
  const title = groups === null ? (job?.title ?? id) : `${groups.title}, ${groups.operation}${groups.scope === 'recurrence' ? ' in the recurrence' : ''}`;
  const points = groups === null ? [] : [groups.baseline, ...groups.points];
  const most = Math.max(1, ...points.map((p) => { const f = figures(p, metric); return f.value + f.interval; }));
  const name = metric === 'bleu' ? 'BLEU' : 'chrF';
  return (
    <section class="groups" data-role="groups" aria-label={title}>
      <h3>
        {title}{' '}
        <button type="button" class="plain tiny" aria-label={`Take ${title} out of the sheet`} onClick={() => { dropAblation(id); }}><Icon name="close" /></button>
      </h3>
      {job !== undefined && job.state !== 'done' && <JobProgress job={job} compact />}
      {groups !== null && (
        <div class="groups-grid">
          <div>
            <table class="ablation-table">
              <thead>
                <tr>
                  <th scope="col">ablated</th><th scope="col">neurons</th><th scope="col"><span class="unseen">bar</span></th><th scope="col">{name}</th>
                  <th scope="col">difference</th><th scope="col">chance</th><th scope="col">changed of {count(groups.baseline.sentences)}</th>
                </tr>
              </thead>
              <tbody>
                {points.map((point, i) => (
                  <Row
                    key={point.name}
                    point={point}
                    result={groups}
                    metric={metric}
                    most={most}
                    isChosen={chosen.value?.job === id && chosen.value.translations === point.translations}
                    choose={() => { chosen.value = { job: id, translations: point.translations, title: i === 0 ? 'Nothing ablated' : `${point.name} ablated` }; }}
                  />
                ))}
              </tbody>
            </table>
            <details class="signatures"><summary>signature</summary><code>{metric === 'bleu' ? groups.bleu_signature : groups.chrf_signature}</code></details>
          </div>
          <div class="groups-kept">{children}</div>
        </div>
      )}
    </section>
  );
}
