/** What keeps a new project from being made. */
import { afterEach, expect, test } from 'vitest';
import { ApiError } from '../src/api/client';
import { candidates, costLoad, lacking, ownText, refusal, title } from '../src/services/creation';
import { takeJob } from '../src/services/jobs';
import type { Job, RecordingCosts } from '../src/api/types';

const nothing = costLoad.load.peek();
afterEach(() => {
  [title.value, candidates.value, ownText.value] = ['', [], true];
  costLoad.load.value = nothing;
});

function check(state: Job['state']): void {
  takeJob({ id: 'j1', kind: 'check', state, updated: 1 } as unknown as Job);
}

test('a model is checked before a project is made of it, unless its check is cancelled', () => {
  title.value = 'Mine';
  ownText.value = false;
  candidates.value = [{ reference: 'm', job: null, error: null }];
  expect(lacking.value).toContain('being checked');
  candidates.value = [{ reference: 'm', job: 'j1', error: null }];
  for (const state of ['queued', 'running'] as const) {
    check(state);
    expect(lacking.value).toContain('being checked');
  }
  check('cancelled');
  expect(lacking.value).toBeNull();
});

test('a model that the server would not record keeps the project from being made, while that is known of this text', () => {
  title.value = 'Mine';
  ownText.value = false;
  candidates.value = [{ reference: 'm', job: 'j1', error: null }];
  check('done');
  const value = { models: [{ title: 'M', refused: 'The budget is 5 MB.' }] } as RecordingCosts;
  costLoad.load.value = { ...nothing, state: 'ready', value };
  expect(lacking.value).toBe('The budget is 5 MB.');
  candidates.value = [...candidates.value, { reference: 'n', job: 'j1', error: null }];
  expect(lacking.value).toBe('M: The budget is 5 MB.');
  costLoad.load.value = { ...nothing, state: 'loading', value };
  expect(refusal.value).toBeNull();
  costLoad.load.value = { ...nothing, state: 'error', error: new ApiError('text_too_long', 'Line 2', 422) };
  expect(lacking.value).toBeNull();
  costLoad.load.value = { ...nothing, state: 'ready', value: { models: [{ title: 'M', refused: null }] } as RecordingCosts };
  expect(lacking.value).toBeNull();
});
