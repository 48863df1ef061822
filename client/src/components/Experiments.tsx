/** Runs that were made before: one is shown again with a click, also after a reload. */
import type { Experiment } from '../services/experiments';

function when(created: string): string {
  const date = new Date(created);
  return Number.isNaN(date.getTime()) ? '' : date.toLocaleString(undefined, { dateStyle: 'short', timeStyle: 'short' });
}

const STATES: Record<string, string> = { queued: ', waiting', running: ', running', failed: ', failed', cancelled: ', cancelled' };

export function Experiments<T>({ of }: { of: Experiment<T> }) {
  const runs = of.runs.value;
  const shown = of.job.value?.id ?? '';
  const unread = of.job.value?.state === 'done' && of.result.value === null;
  if (unread) return <p class="quiet earlier" role="status">This run was made by another version and cannot be shown here. Start it again.</p>;
  if (runs.length === 0) return null;
  return (
    <div class="inline-fields earlier">
      <label class="inline">runs
        <select value={shown} onChange={(e) => { of.show(e.currentTarget.value); }}>
          {!runs.some((job) => job.id === shown) && <option value="">choose one</option>}
          {runs.map((job) => <option key={job.id} value={job.id}>{job.title} ({when(job.created)}{STATES[job.state] ?? ''})</option>)}
        </select>
      </label>
    </div>
  );
}
