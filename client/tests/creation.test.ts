/** What keeps a new project from being made. */
import { afterEach, expect, test } from 'vitest';
import { candidates, lacking, ownText, title } from '../src/services/creation';
import { takeJob } from '../src/services/jobs';
import type { Job } from '../src/api/types';

afterEach(() => { [title.value, candidates.value, ownText.value] = ['', [], true]; });

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
