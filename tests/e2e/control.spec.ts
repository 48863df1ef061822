import type { Locator, Page } from '@playwright/test';
import { accessible, card, expect, open, pane, STRONG, test } from './page';

/** Open an experiment with the keyboard alone. */
async function experiment(page: Page, title: string): Promise<Locator> {
  await page.getByRole('button', { name: 'Experiments' }).focus();
  await page.keyboard.press('Enter');
  const choice = page.getByRole('region', { name: 'Experiments' }).getByRole('button', { name: title });
  await choice.focus();
  await page.keyboard.press('Enter');
  const sheet = page.getByRole('dialog', { name: title });
  await expect(sheet).toBeVisible();
  return sheet;
}

test('control: a sweep is tried, a cell read and applied, and found again', async ({ page }) => {
  test.setTimeout(600_000); // A worker process has to start, and a machine may be busy.
  await open(page);
  const sheet = await experiment(page, 'Control a property');
  await expect(sheet).toContainText('Nothing tried yet');
  await sheet.getByLabel('property').selectOption('Number');
  await sheet.getByRole('combobox', { name: 'from', exact: true }).selectOption('Plur');
  await sheet.getByRole('combobox', { name: 'to', exact: true }).selectOption('Sing');
  const start = sheet.getByRole('button', { name: 'Try the sweep' });
  const ks = sheet.getByLabel('numbers of neurons');
  await ks.fill('five');
  await expect(start).toBeDisabled();
  await expect(sheet).toContainText('whole numbers from 1 to 1000');
  await ks.fill('5, 20');
  await sheet.getByLabel('betas').fill('0, 8');
  // What is filled in is part of the address before it is tried.
  await expect(page).toHaveURL(/ff=control\.betas~0,/);
  await page.reload();
  await expect(sheet.getByLabel('betas')).toHaveValue('0, 8');
  await expect(ks).toHaveValue('5, 20');
  await expect(start).toBeEnabled();
  await sheet.getByText('neurons, alignment, sentences').click();
  await sheet.getByLabel('sentences at most').fill('30');
  await sheet.getByLabel('sentences at most').blur();
  await start.click();
  await expect(page).toHaveURL(/[?&]ct=\w+/);
  const cells = sheet.locator('.heat-map td button:not(:disabled)');
  await expect(cells).toHaveCount(4, { timeout: 400_000 });
  // Nothing moves when the job ends.
  const top = () => sheet.locator('.heat-map').evaluate((map) => Math.round(map.getBoundingClientRect().top));
  const before = await top();
  await expect(sheet.locator('[data-role="judged"]')).toContainText('not chosen by', { timeout: 400_000 });
  await expect(sheet.locator('.control-sheet')).toHaveAttribute('aria-busy', 'false');
  expect(await top()).toBe(before);
  await accessible(page);

  // The keyboard walks over the map, and what stands beside it follows.
  const first = sheet.locator('[data-cell="0:0"]');
  await first.focus();
  await page.keyboard.press('ArrowRight');
  await expect(sheet.locator('[data-cell="0:1"]')).toBeFocused();
  await expect(sheet.locator('.control-cell h3')).toContainText('5 neurons, beta 8');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/[?&]cc=5%3A8|[?&]cc=5:8/);
  await sheet.getByRole('radio', { name: 'BLEU change' }).check();
  await expect(first).toContainText(/[\u2212+]?\d+\.\d/);
  await sheet.getByRole('combobox', { name: 'at', exact: true }).selectOption('all');
  await sheet.getByLabel(/with three of these/).uncheck();
  await page.reload();
  await expect(cells).toHaveCount(4);
  await expect(sheet.getByRole('combobox', { name: 'at', exact: true })).toHaveValue('all');
  await expect(sheet.getByLabel(/with three of these/)).not.toBeChecked();
  await sheet.getByRole('combobox', { name: 'at', exact: true }).selectOption('words');
  await sheet.getByLabel(/with three of these/).check();
  await expect(sheet.locator('[data-cell="0:1"]')).toHaveAttribute('aria-pressed', 'true');
  await expect(sheet.getByRole('radio', { name: 'BLEU change' })).toBeChecked();

  await sheet.getByRole('button', { name: 'Apply 5 at beta 8' }).click();
  await expect(sheet).toBeHidden();
  await expect(pane(page, 'selected').locator('.card.on')).toHaveCount(5);
  await expect(pane(page, 'translations').locator('[data-item="t0"] [data-role="changed"]')).not.toBeEmpty();
  await expect(page).toHaveURL(/words%3A|label%3A/);
});

test('gender: counts before and after what is switched on, and sentences of one\u2019s own', async ({ page }) => {
  test.setTimeout(600_000);
  await open(page, `v=1&s=${STRONG}~set~30~raw~output~all~on`);
  await expect(card(page, STRONG)).toBeVisible();
  const sheet = await experiment(page, 'Gender of people');
  await sheet.getByText('templates and occupations').click();
  const occupations = sheet.getByLabel(/^occupations/);
  await expect(occupations).toHaveValue(/doctor, m/);
  await occupations.fill('doctor, m\nnurse');
  await expect(sheet.getByRole('status').first()).toContainText('"nurse" should be a noun and m or f');
  await occupations.fill('doctor, m\nnurse, f');
  await expect(sheet).toContainText('12 sentences');
  await sheet.getByRole('button', { name: 'Count before and after 1 change' }).click();
  const result = sheet.locator('[data-role="gender"]');
  await expect(result).toContainText('12 sentences', { timeout: 400_000 });
  await accessible(page);
  const numbers = await result.locator('.bias-counts tbody tr').first().locator('td.numbers').allTextContents();
  expect(numbers.map((text) => Number(/\d+$/.exec(text)?.[0])).reduce((a, b) => a + b, 0)).toBe(6);
  await expect(result.locator('.bias-cases > div')).toHaveCount(12);

  await sheet.getByRole('radio', { name: 'sentences of your own' }).check();
  const own = sheet.getByLabel(/^sentences, one a line/);
  await own.fill('The pilot left.');
  await sheet.getByRole('button', { name: /^Count/ }).click();
  await expect(sheet.getByRole('alert')).toContainText('needs one of he');
  await page.reload();
  await expect(own).toHaveValue('The pilot left.');
  await own.fill('The pilot left because she was ill.');
  await sheet.getByRole('button', { name: /^Count/ }).click();
  await expect(result.locator('.bias-cases > div')).toHaveCount(1, { timeout: 400_000 });
  await page.reload();
  await expect(result.locator('.bias-cases > div')).toHaveCount(1);
  await sheet.getByLabel('runs').selectOption({ index: 1 });
  await expect(result.locator('.bias-cases > div')).toHaveCount(12);
});

test('prune: a smaller model is made, compared, opened and deleted', async ({ page }) => {
  test.setTimeout(600_000);
  await open(page);
  const sheet = await experiment(page, 'Prune the model');
  await expect(sheet).toContainText('No smaller model yet');
  await sheet.getByLabel('compare on').selectOption({ label: 'nothing' });
  const units = sheet.getByLabel(/^units of/);
  await units.fill('32');
  await units.blur();
  await expect(sheet.locator('.wants')).toContainText('32 of 320');
  await sheet.getByRole('button', { name: 'Make the smaller model' }).click();
  const result = sheet.locator('[data-role="pruned"]');
  await expect(result).toContainText('10 % of the units', { timeout: 400_000 });
  await accessible(page);
  await result.getByRole('button', { name: /Open it as a model of this project|Show it/ }).click();
  await expect(sheet).toBeHidden({ timeout: 120_000 });
  const model = page.locator('.model-switch select');
  await expect(model.locator('option:checked')).toContainText('less 10 %');
  await expect(pane(page, 'translations').locator('[data-role="baseline"]').first()).not.toBeEmpty();
  await page.reload();
  await expect(model.locator('option:checked')).toContainText('less 10 %');
  await page.goBack();
  await page.goBack();
  await expect(sheet).toBeVisible();
  await result.getByRole('button', { name: 'Delete it' }).click();
  await expect(model.locator('option', { hasText: 'less 10 %' })).toHaveCount(0);
});
