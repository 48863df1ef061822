/** What a pane shows before, instead of, or beside its content: loading, waiting, nothing, an error. */
import type { ComponentChildren } from 'preact';
import type { ApiError } from '../api/client';
import type { Job } from '../api/types';
import { isFinal, share } from '../lib/jobs';
import { count, duration } from '../lib/format';
import { cancelJob, isCancelling, jobById } from '../services/jobs';
import { startExtraction, titleOf } from '../services/project';
import { cannotRecord } from '../services/recording';
import type { Load, Resource } from '../services/resource';
import { Icon } from './Icon';
import { ModelRecordingCost } from './RecordingCost';

/** Grey bars in the shape of what is coming. */
export function Skeleton({ lines = 4, label = 'Loading' }: { lines?: number; label?: string }) {
  return (
    <div class="skeleton" role="status" aria-label={label}>
      {Array.from({ length: lines }, (_, i) => (
        <span key={i} style={{ width: `${88 - ((i * 29) % 45)}%` }} />
      ))}
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <strong>{title}</strong>
      {children !== undefined && <p>{children}</p>}
    </div>
  );
}

interface FailureProps {
  error: ApiError;
  what: string;
  retry?: (() => void) | undefined;
  /** What the button that tries again says. */
  again?: string | undefined;
  /** The button cannot be pressed; what is beside it says why. */
  cannot?: boolean;
  dismiss?: (() => void) | undefined;
  /** What trying again takes. */
  children?: ComponentChildren;
}

/** Recording that waits for somebody's word: what it takes, and the button that begins it. */
function Unrecorded({ error, retry }: { error: ApiError; retry?: (() => void) | undefined }) {
  const of = error.where ?? '';
  return (
    <div class="empty unrecorded">
      <strong>The activations of {titleOf(of)} are not recorded yet</strong>
      <ModelRecordingCost of={of} />
      <button
        type="button"
        disabled={cannotRecord(of)}
        // What waits for it asks again, and is told the job.
        onClick={() => { void startExtraction(of).then((started) => { if (started !== null) retry?.(); }); }}
      >
        Record the activations
      </button>
    </div>
  );
}

/** An error in the place where its result would be: what was wrong, where, and what to do. */
export function Failure({ error, what, retry, again = 'Try again', cannot = false, dismiss, children }: FailureProps) {
  if (error.code === 'unrecorded') return <Unrecorded error={error} retry={retry} />;
  return (
    <div class="failure" role="alert">
      <div>
        <strong>{what}</strong>
        <p>{error.message}</p>
        <p class="quiet">
          {error.where !== null && <span>At {error.where}. </span>}
          {error.status > 0 && <span>{error.code}, status {error.status}.</span>}
        </p>
        {children}
        {retry !== undefined && (
          <button type="button" class="small" disabled={cannot} onClick={retry}>
            {again}
          </button>
        )}
      </div>
      {dismiss !== undefined && (
        <button type="button" class="plain tiny" onClick={dismiss} aria-label="Dismiss">
          <Icon name="close" />
        </button>
      )}
    </div>
  );
}

/** Why what stands beside it says little. */
export function Doubts({ texts }: { texts: readonly string[] | undefined }) {
  return <>{(texts ?? []).map((text) => <p key={text} class="warning" data-role="doubt">{text}</p>)}</>;
}

const STATE_WORDS: Record<Job['state'], string> = {
  queued: 'waiting for its turn', running: 'running', done: 'done', failed: 'failed', cancelled: 'cancelled',
};

/** Stops a job; says at once that it does, since the job itself only stops between two pieces of work. */
export function CancelButton({ job, label, onCancel = () => void cancelJob(job.id) }: { job: Job; label?: string; onCancel?: (() => void) | undefined }) {
  const stopping = isCancelling(job);
  return (
    <button type="button" class="small" aria-label={stopping ? undefined : label} disabled={stopping} onClick={onCancel}>
      {stopping ? 'Cancelling…' : 'Cancel'}
    </button>
  );
}

/** A job's progress, with what is left of it and a way to stop it. */
export function JobProgress({ job, compact = false, onCancel }: { job: Job; compact?: boolean; onCancel?: () => void }) {
  const part = share(job);
  const running = !isFinal(job);
  return (
    <div class={`job job-${job.state}`} data-job={job.id}>
      {!compact && (
        <div class="job-title">
          <strong>{job.title}</strong>
          <span class="quiet">{STATE_WORDS[job.state]}</span>
        </div>
      )}
      {running && (
        <div class="job-bar">
          <progress aria-label={job.title} max={1} {...(part === null ? {} : { value: part })} />
          <CancelButton job={job} onCancel={onCancel} />
        </div>
      )}
      <div class="quiet job-line">
        {compact && !running && job.state !== 'done' && <span>{STATE_WORDS[job.state]}</span>}
        {job.total > 0 && (running || job.done > 0) && <span class="numbers">{count(job.done)} of {count(job.total)} {job.unit}</span>}
        {running && job.eta_seconds !== null && (job.total === 0 || job.done < job.total) && <span>{job.eta_seconds < 1 ? '' : 'about '}{duration(job.eta_seconds)} left</span>}
        {job.message !== '' && !isCancelling(job) && <span>{job.message}</span>}
      </div>
      {job.error !== null && <p class="job-error">{job.error.message}</p>}
    </div>
  );
}

interface LoadedProps<T> {
  of: Resource<T>;
  what: string;
  skeleton?: ComponentChildren;
  /** Drawn with the newest value there is, also while the next one loads. */
  children: (value: T, load: Load<T>) => ComponentChildren;
}

/** A resource in whatever state it is; old values stay, greyed, while the next one is on its way. */
export function Loaded<T>({ of, what, skeleton, children }: LoadedProps<T>) {
  const load = of.load.value;
  const job = load.job === null ? undefined : jobById(load.job);
  // A job that was cancelled or failed does not start again by itself; a damaged store is replaced.
  const damaged = load.error?.code === 'store';
  const records = damaged || load.error?.code === 'job';
  const ended = jobById(load.error?.job ?? '');
  const recording = damaged || (records && ended?.kind === 'extract');
  const retry = () => {
    if (records) void startExtraction().then((started) => { if (started !== null) of.waitFor(started); });
    else of.reload();
  };
  if (load.state === 'error' && load.error !== null) {
    return (
      <Failure
        error={load.error}
        what={`${what} could not be loaded`}
        retry={retry}
        again={damaged ? 'Record the activations again' : recording ? 'Record the activations' : undefined}
        cannot={recording && cannotRecord('')}
      >
        {recording && <ModelRecordingCost told={ended?.error?.code === 'disk_budget'} />}
      </Failure>
    );
  }
  if (load.state === 'waiting') {
    return (
      <div class="waiting">
        <p>{what} will appear here when {job !== undefined && job.kind !== 'extract' ? 'it is made' : 'the corpus has been read by the model'}.</p>
        {job === undefined ? <Skeleton lines={2} label="Waiting for a job" /> : <JobProgress job={job} />}
      </div>
    );
  }
  if (load.value === null) return <>{skeleton ?? <Skeleton label={`Loading ${what}`} />}</>;
  return <>{children(load.value, load)}</>;
}
