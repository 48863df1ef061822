import { signal } from '@preact/signals';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../src/api/client';
import type { Job } from '../src/api/types';
import { jobs, takeJob } from '../src/services/jobs';
import { Resource } from '../src/services/resource';

interface Call {
  key: string;
  signal: AbortSignal;
  answer: (value: string) => void;
  refuse: (error: Error) => void;
}

function harness(first: string | null) {
  const key = signal<string | null>(first);
  const calls: Call[] = [];
  const resource = new Resource<string>(key, (abort, asked) =>
    new Promise((answer, refuse) => {
      calls.push({ key: asked, signal: abort, answer, refuse });
    }));
  resource.follow();
  return { key, calls, resource, settle: () => new Promise((next) => setTimeout(next, 0)) };
}

const job = (state: Job['state']): Job => ({
  id: 'x', kind: 'extract', title: 'Extract', project: 'demo', state, done: 0, total: 1, unit: 'sentences', message: '',
  eta_seconds: null, created: '2026-01-01T00:00:00Z', finished: null, cancelling: false, result: null,
  error: state === 'failed' ? { code: 'job', message: 'The disk is full.', where: null, job: null } : null,
});

const notReady = () => new ApiError('not_ready', 'Not extracted yet.', 409, null, 'x');

beforeEach(() => {
  jobs.value = [];
  vi.stubGlobal('fetch', () => Promise.reject(new Error('no network in tests')));
});

describe('a resource', () => {
  it('drops the answer of a key that was left, and aborts its request', async () => {
    const { key, calls, resource, settle } = harness('a');
    key.value = 'b';
    expect(calls[0]?.signal.aborted).toBe(true);
    calls[1]?.answer('of b');
    calls[0]?.answer('of a, too late');
    await settle();
    expect(resource.load.value).toMatchObject({ state: 'ready', value: 'of b', of: 'b' });
  });

  it('drops an answer that comes when nothing is wanted any more, or a job is waited for', async () => {
    const { key, calls, resource, settle } = harness('a');
    key.value = null;
    calls[0]?.answer('of a, too late');
    await settle();
    expect(resource.load.value).toMatchObject({ state: 'idle', value: null, of: null });
    key.value = 'b';
    jobs.value = [job('running')];
    resource.waitFor('x');
    calls[1]?.answer('of b, too late');
    await settle();
    expect(resource.load.value).toMatchObject({ state: 'waiting', value: null, job: 'x' });
  });

  it('keeps the old value while the next one loads, and if that fails', async () => {
    const { key, calls, resource, settle } = harness('a');
    calls[0]?.answer('of a');
    await settle();
    key.value = 'b';
    expect(resource.load.value).toMatchObject({ state: 'loading', value: 'of a', of: 'a' });
    calls[1]?.refuse(new ApiError('store', 'The file is damaged.', 500));
    await settle();
    expect(resource.load.value).toMatchObject({ state: 'error', value: 'of a', error: { message: 'The file is damaged.' } });
  });

  it('waits for the job that it was told of, and then asks again', async () => {
    const { calls, resource, settle } = harness('a');
    takeJob(job('running'));
    calls[0]?.refuse(notReady());
    await settle();
    expect(resource.load.value).toMatchObject({ state: 'waiting', job: 'x', error: null });
    takeJob(job('done'));
    await settle();
    expect(calls).toHaveLength(2);
    calls[1]?.answer('here');
    await settle();
    expect(resource.load.value).toMatchObject({ state: 'ready', value: 'here', job: null });
  });

  it('tells why a job that it waited for failed', async () => {
    const { calls, resource, settle } = harness('a');
    takeJob(job('running'));
    calls[0]?.refuse(notReady());
    await settle();
    takeJob(job('failed'));
    await settle();
    expect(resource.load.value).toMatchObject({ state: 'error', error: { code: 'job', message: 'The disk is full.' } });
  });

  it('does not ask for ever when the same finished job is named again', async () => {
    const { calls, resource, settle } = harness('a');
    takeJob(job('done'));
    calls[0]?.refuse(notReady());
    await settle();
    calls[1]?.refuse(notReady());
    await settle();
    await settle();
    expect(calls).toHaveLength(2);
    expect(resource.load.value.state).toBe('error');
  });
});
