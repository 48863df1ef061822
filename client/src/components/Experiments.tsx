/** Runs: one that was made before is shown again with a click; how far the shown one is stands beside it, so that nothing moves when it ends. */
import type { Experiment } from '../services/experiments';
import { JobProgress } from './States';

function when(created: string): string {
  const date = new Date(created);
  return Number.isNaN(date.getTime()) ? '' : date.toLocaleString(undefined, { dateStyle: 'short', timeStyle: 'short' });
}

const STATES: Record<string, string> = { queued: ', waiting', running: ', running', failed: ', failed', cancelled: ', cancelled' };

export function Experiments<T>({ of, show = (id) => { of.show(id); } }: { of: Experiment<T>; show?: (id: string) => void }) {
  const runs = of.runs.value;
  const job = of.job.value;
  const shown = job?.id ?? '';
  const unread = job?.state === 'done' && of.result.value === null;
  if (unread) return <p class="quiet earlier" role="status">This run was made by another version and cannot be shown here. Start it again.</p>;
  if (runs.length === 0 && job === undefined) return null;
  return (
    <div class="earlier">
      <label class="inline">runs
        <select value={shown} onChange={(e) => { show(e.currentTarget.value); }}>
          {!runs.some((run) => run.id === shown) && <option value={shown}>{job === undefined ? 'choose one' : `${job.title}${STATES[job.state] ?? ''}`}</option>}
          {runs.map((run) => <option key={run.id} value={run.id}>{run.title} ({when(run.created)}{STATES[run.state] ?? ''})</option>)}
        </select>
      </label>
      {job !== undefined && job.state !== 'done' && <JobProgress job={job} compact />}
    </div>
  );
}
