/** What is not there for a model or a text, and that the page says why: no references, no output, no translations. */
import type { Page } from '@playwright/test';
import { accessible, card, expect, open, pane, STRONG, test } from './page';

interface Opened {
  models: { task: string; prunable: string[]; unprunable: string }[];
  corpus: { references: boolean };
}

/** The demo as if it were another project. */
async function pretend(page: Page, task: string, references: boolean, unprunable = ''): Promise<void> {
  await page.route('**/api/v1/projects/demo', async (route) => {
    const found = (await (await route.fetch()).json()) as Opened;
    for (const model of found.models) Object.assign(model, { task, unprunable, prunable: unprunable === '' ? ['feed_forward'] : [] });
    found.corpus.references = references;
    await route.fulfill({ json: found });
  });
}

test('without references nothing can be scored, and it is said instead of tried', async ({ page }) => {
  await pretend(page, 'translation', false);
  await page.route('**/labels?side=reference', (route) => route.fulfill({ json: { labels: [] } }));
  await open(page, `v=1&s=${STRONG}&n=${STRONG}`);
  const score = pane(page, 'score');
  const button = score.getByRole('button', { name: 'Score the clean model' });
  await expect(button).toBeDisabled();
  await expect(button).toHaveAccessibleDescription(/The text has no references to score translations by/);
  await expect(score.getByRole('button', { name: /Ablation curves/ })).toHaveCount(0);
  // What the decoder writes has no labels then.
  const places = card(page, STRONG).getByLabel(`${STRONG}, where`);
  await expect(places.locator('option', { hasText: 'with a label (no references)' })).toBeDisabled();
  await accessible(page, '[data-pane="score"]');
  await page.goto('/?sh=ablate');
  const sheet = page.getByRole('dialog', { name: 'Ablation curves' });
  await expect(sheet.getByRole('button', { name: 'Draw the curves' })).toBeDisabled();
  await expect(sheet.locator('.wants')).toContainText('no references');
});

test('a model without output has no rows for it, and the page says what it can do', async ({ page }) => {
  await pretend(page, 'encoding', false);
  await page.goto('/');
  const texts = pane(page, 'translations');
  await expect(texts.locator('[data-role="source"]').first()).not.toBeEmpty();
  await expect(texts).toContainText('This model reads only.');
  await expect(texts.locator('.line-label').filter({ hasNotText: 'source' })).toHaveCount(0);
  await expect(pane(page, 'score').getByRole('button', { name: 'Score the clean model' })).toBeDisabled();
  await expect(pane(page, 'score')).toContainText('no output that could be scored');
});

test('experiments that are for translators say so where a language model is open', async ({ page }) => {
  await pretend(page, 'language-modelling', true);
  await page.goto('/');
  await page.getByRole('button', { name: 'Experiments' }).click();
  const list = page.getByRole('region', { name: 'Experiments' });
  await expect(list.getByRole('button', { name: /Control a property/ })).toBeDisabled();
  await expect(list.getByRole('button', { name: /Gender of people/ })).toBeDisabled();
  await expect(list.getByRole('button', { name: /Gender of people/ })).toContainText('Who made this word?');
  await accessible(page, '#experiments-list');
  // Whether a model can be pruned does not depend on what it is for.
  await list.getByRole('button', { name: /Prune the model/ }).click();
  const sheet = page.getByRole('dialog', { name: 'Prune the model' });
  await expect(sheet.getByLabel('take out').locator('option')).toHaveText(['whatever the ranking has', 'feed-forward units']);
  await sheet.getByLabel('least important by').selectOption('weights');
  await expect(sheet.locator('.wants')).toContainText('of the feed-forward units of every layer');
  await expect(sheet.getByRole('button', { name: 'Make the smaller model' })).toBeEnabled();
});

test('of a model that cannot be pruned the page says why, also where the address asks for it', async ({ page }) => {
  const why = 'Models of type albert cannot be pruned.';
  await pretend(page, 'translation', true, why);
  await page.goto('/');
  await page.getByRole('button', { name: 'Experiments' }).click();
  const button = page.getByRole('region', { name: 'Experiments' }).getByRole('button', { name: /Prune the model/ });
  await expect(button).toBeDisabled();
  await expect(button).toContainText(why);
  await page.goto('/?sh=prune');
  const sheet = page.getByRole('dialog', { name: 'Prune the model' });
  await expect(sheet.locator('.wants')).toHaveText(why);
  await expect(sheet.getByRole('button', { name: 'Make the smaller model' })).toBeDisabled();
});
