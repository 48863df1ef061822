import { describe, expect, it } from 'vitest';
import type { Job } from '../src/api/types';
import { mergeJob, mergeList, share } from '../src/lib/jobs';

const job = (patch: Partial<Job>): Job => ({
  id: 'a', kind: 'score', title: 'Score', project: 'demo', state: 'running', done: 0, total: 100,
  unit: 'sentences', message: '', eta_seconds: null, created: '2026-01-01T00:00:00Z', finished: null, cancelling: false,
  result: null, error: null, ...patch,
});

describe('news of jobs', () => {
  it('never makes a finished job run again', () => {
    const done = [job({ state: 'done', done: 100 })];
    expect(mergeJob(done, job({ state: 'running', done: 60 }))).toBe(done);
    expect(mergeJob(done, job({ state: 'cancelled' }))).toBe(done);
  });

  it('never goes back', () => {
    const running = [job({ done: 50 })];
    expect(mergeJob(running, job({ done: 40 }))).toBe(running);
    expect(mergeJob(running, job({ state: 'queued', done: 70 }))).toBe(running);
    expect(mergeJob(running, job({ done: 60 }))[0]?.done).toBe(60);
  });

  it('keeps that a job was cancelled when older news comes late', () => {
    const cancelling = [job({ done: 50, cancelling: true })];
    expect(mergeJob(cancelling, job({ done: 50 }))).toBe(cancelling);
    expect(mergeJob([job({ done: 50 })], job({ done: 50, cancelling: true }))[0]?.cancelling).toBe(true);
    expect(mergeJob(cancelling, job({ done: 50, state: 'cancelled' }))[0]?.state).toBe('cancelled');
  });

  it('ends a job from any stage', () => {
    for (const state of ['done', 'failed', 'cancelled'] as const) {
      expect(mergeJob([job({ state: 'queued' })], job({ state }))[0]?.state).toBe(state);
    }
  });

  it('keeps the newest first', () => {
    const older = job({ id: 'b', created: '2025-12-31T00:00:00Z' });
    const newer = job({ id: 'c', created: '2026-01-02T00:00:00Z' });
    expect([older, newer].reduce<Job[]>(mergeJob, [job({})]).map((j) => j.id)).toEqual(['c', 'a', 'b']);
  });

  it('takes the server\'s list, but no older state with it, and keeps what the list is too short for', () => {
    const mine = [job({ state: 'done', done: 100 }), job({ id: 'old', created: '2025-01-01T00:00:00Z' })];
    const list = mergeList(mine, [job({ done: 90 }), job({ id: 'new', created: '2026-02-01T00:00:00Z' })]);
    expect(list.map((j) => [j.id, j.state])).toEqual([['new', 'running'], ['a', 'done'], ['old', 'running']]);
  });

  it('knows the share that is done only if the total is known', () => {
    expect(share(job({ done: 25 }))).toBe(0.25);
    expect(share(job({ total: 0 }))).toBeNull();
    expect(share(job({ total: 0, state: 'done' }))).toBe(1);
  });
});
