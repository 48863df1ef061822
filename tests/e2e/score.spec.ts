import { expect, open, pane, STRONG, test } from './page';

test('score the corpus, watch it, cancel it, find it again', async ({ page }) => {
  test.setTimeout(600_000); // A worker process has to start, and a machine may be busy.
  // A value that nobody scored before: a finished score would come at once.
  const value = (Math.random() * 9 + 1).toFixed(5);
  // With ten beams even a fast machine is still at it after a reload.
  await open(page, `v=1&b=10&s=${STRONG}~set~${value}~raw~output~all~on`);
  const score = pane(page, 'score');
  await score.getByRole('button', { name: 'Score with 1 changed' }).click();
  await expect(score.locator('progress')).toBeVisible();
  await expect(page).toHaveURL(/[?&]j=/);
  await expect(score.locator('.job-running')).toContainText(/\d+ of \d/, { timeout: 400_000 });
  await page.reload();
  await expect(score.locator('progress')).toBeVisible();
  await score.getByRole('button', { name: 'Cancel' }).click();
  await expect(score.locator('.job-cancelled')).toBeVisible({ timeout: 120_000 });
  await expect(score.locator('progress')).toHaveCount(0);
  await page.getByRole('button', { name: /Jobs/ }).click();
  await expect(page.getByRole('region', { name: 'Jobs' })).toContainText('cancelled');
});

test('a finished score shows both metrics, the difference, its interval and its chance', async ({ page }) => {
  const part = (name: string, sentences: number) => ({
    part: name, sentences, changed_sentences: 40, bleu: 28.25, bleu_interval: 1.1, bleu_baseline: 31.5,
    bleu_p_value: 0.0033, chrf: 51.25, chrf_interval: 0.8, chrf_baseline: 51.5, chrf_p_value: 0.41,
  });
  const job = {
    id: 'made-up', kind: 'score', title: 'Score corpus', project: 'demo', state: 'done', done: 10, total: 10,
    unit: 'sentences', message: '', eta_seconds: null, created: '2026-01-01T00:00:00Z', finished: '2026-01-01T00:01:00Z',
    error: null,
    result: {
      model: 'lstm-a', complete: true, scored: 10, parts: [part('everyday', 500), part('natural', 1387)],
      bleu_signature: 'nrefs:1|case:mixed', chrf_signature: 'nrefs:1|nc:6', metrics: [],
    },
  };
  await page.route('**/api/v1/jobs/made-up', (route) => route.fulfill({ json: job }));
  await open(page, 'v=1&j=made-up');
  const score = pane(page, 'score');
  await expect(score.locator('tbody')).toHaveCount(2);
  await expect(score.locator('tbody').first()).toContainText('31.5');
  await expect(score.locator('tbody').first()).toContainText('28.3 ± 1.1');
  await expect(score.locator('tbody').first()).toContainText('\u22123.3');
  await expect(score.locator('tbody').first()).toContainText('p = 0.003');
  await score.getByText('signatures').click();
  await expect(score).toContainText('nrefs:1|case:mixed');
});

test('a score that is gone says so', async ({ page }) => {
  await open(page, 'v=1&j=never-was');
  await expect(pane(page, 'score').getByRole('alert')).toContainText('Score the corpus again');
});
