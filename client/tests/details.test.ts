import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Job } from '../src/api/types';
import { starter } from '../src/services/details';

const answers = new Map<string, (answer: Response) => void>();

beforeEach(() => {
  answers.clear();
  vi.stubGlobal('fetch', (url: string) => new Promise<Response>((resolve) => { answers.set(String(url).split('/').at(-1) ?? '', resolve); }));
});

function answer(path: string, status: number, body: unknown): void {
  answers.get(path)?.(new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } }));
}

const job = (id: string): Job => ({
  id, kind: 'similarity', title: '', project: 'demo', state: 'running', done: 0, total: 1, unit: 'layers', message: '',
  eta_seconds: null, created: '2026-01-01T00:00:00Z', finished: null, cancelling: false, result: null, error: null,
});

describe('what is started from a sheet', () => {
  it('is what was asked for last, if an earlier answer comes late', async () => {
    const layers = starter('similarity');
    const runs = [layers.start('encoder', 'first', {}), layers.start('decoder', 'second', {})];
    answer('second', 202, job('b'));
    await runs[1];
    answer('first', 202, job('a'));
    await runs[0];
    expect(layers.started.value).toEqual({ about: 'decoder', job: 'b' });
  });

  it('is not refused by what an earlier question was', async () => {
    const layers = starter('similarity');
    const runs = [layers.start('encoder', 'first', {}), layers.start('decoder', 'second', {})];
    answer('second', 202, job('b'));
    answer('first', 404, { ok: false, status: 404, error: { code: 'not_found', message: 'No such model.', where: null, job: null } });
    await Promise.all(runs);
    expect(layers.error.value).toBeNull();
    expect(layers.started.value?.job).toBe('b');
  });
});
