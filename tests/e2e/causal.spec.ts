import { accessible, expect, open, pane, STRONG, test } from './page';

test('who made a word: neurons with estimates and real effects, also against another word', async ({ page }) => {
  await open(page, `v=1&t=${encodeURIComponent('He left the house.')}&i=t0`);
  await pane(page, 'translations').getByRole('button', { name: 'Who made this word?' }).click();
  const sheet = page.getByRole('dialog', { name: 'Who made this word?' });
  await expect(sheet).toContainText('Choose a word of the translation');
  await sheet.locator('.why-words label').first().click();
  const rows = sheet.locator('.why-table tbody tr');
  await expect(rows).toHaveCount(40, { timeout: 120_000 });
  const sizes = await rows.locator('td:nth-child(2)').allTextContents();
  const numbers = sizes.map((text) => Math.abs(Number(text.replace('\u2212', '-'))));
  expect([...numbers].sort((a, b) => b - a)).toEqual(numbers);
  await expect(sheet.locator('.why-scatter circle')).toHaveCount(20);
  await accessible(page, 'dialog[open]');
  const first = await rows.first().locator('th').textContent();
  await sheet.getByLabel('rather than').fill('Elle');
  await sheet.getByRole('button', { name: 'Ask' }).click();
  await expect(sheet.locator('[data-role="attribution"]')).toContainText('less that of "Elle"');
  await sheet.getByRole('button', { name: /^Select / }).first().click();
  await page.keyboard.press('Escape');
  await expect(sheet).toBeHidden();
  await expect(pane(page, 'selected').locator('.card')).toHaveCount(1);
  expect(first).toMatch(/\[\d+\]/);
});

test('ablation curves of the selected neurons: points appear, one is read, a reload finds them', async ({ page }) => {
  test.setTimeout(600_000); // A worker process has to start, and a machine may be busy.
  await open(page, `v=1&s=${STRONG}&s=decoder.1.rnn_hidden[6]&s=decoder.1.rnn_hidden[7]`);
  await pane(page, 'score').getByRole('button', { name: /Ablation curves/ }).click();
  const sheet = page.getByRole('dialog', { name: 'Ablation curves' });
  await sheet.getByLabel('neurons of').selectOption('selection');
  await sheet.getByLabel('steps').selectOption('5');
  const sentences = sheet.getByLabel('sentences');
  await sentences.fill('10');
  await sentences.blur();
  await sheet.getByRole('button', { name: 'Draw the curves' }).click();
  await expect(page).toHaveURL(/[?&]ab=\w+/);
  // The first points, then all: before there are any, nothing says how far it is either.
  await expect(sheet.locator('.ablation-table tbody td.numbers').first()).toBeVisible({ timeout: 400_000 });
  await expect(sheet.locator('.ablation-table progress')).toHaveCount(0, { timeout: 400_000 });
  await expect(sheet.locator('.curves circle').nth(3)).toBeVisible();
  await accessible(page, 'dialog[open]');
  await sheet.locator('.curves circle').last().click({ force: true });
  await expect(sheet.locator('.kept dd').first()).not.toBeEmpty();
  await expect(page).toHaveURL(/[?&]ap=\w+/);
  await sheet.getByText('all points').click();
  await expect(sheet.locator('.ablation-points tbody tr').first()).toContainText('top first');
  const drawn = await sheet.locator('.curves polyline').count();
  await page.reload();
  await expect(sheet.locator('.curves polyline')).toHaveCount(drawn);
  await expect(sheet.locator('.kept dd').first()).not.toBeEmpty();
  await sheet.getByRole('button', { name: /out of the chart/ }).click();
  await expect(sheet).toContainText('No curve yet');
  await expect(page).not.toHaveURL(/[?&]ap=/);
  // It is kept, and can be drawn again.
  await sheet.getByLabel('add earlier').selectOption({ index: 1 });
  await expect(sheet.locator('.curves polyline')).toHaveCount(drawn);
});

test('a new project: a wrong model is refused, a right one checked, the text taken, the project opened', async ({ page, request }) => {
  test.setTimeout(600_000);
  await open(page);
  await page.getByLabel('Project', { exact: true }).selectOption({ label: 'New project\u2026' });
  const sheet = page.getByRole('dialog', { name: 'New project' });
  const make = sheet.getByRole('button', { name: 'Make the project' });
  await expect(make).toBeDisabled();
  await sheet.getByLabel('title').fill('Two <b>lines</b>');
  const model = sheet.getByLabel('Model', { exact: true });
  await model.fill('no such model');
  await sheet.getByRole('button', { name: 'Add and check' }).click();
  await expect(sheet.getByRole('alert')).toContainText('no such model');
  await sheet.getByRole('button', { name: 'Remove no such model' }).click();
  await model.fill('lstm-b');
  await model.press('Enter');
  await expect(sheet.locator('.check-report')).toContainText('Read and edited correctly', { timeout: 400_000 });
  await accessible(page, 'dialog[open]');
  await sheet.getByLabel(/^sentences, one a line/).fill('He left.\tIl est parti.\nThe men are here.\tLes hommes sont ici.');
  await make.click();
  await expect(page).toHaveURL(/[?&]p=two-b-lines-b/);
  await expect(page.getByLabel('Project', { exact: true })).toContainText('Two <b>lines</b>');
  await expect(pane(page, 'translations').locator('[data-role="baseline"]')).toHaveCount(2);
  const id = new URL(page.url()).searchParams.get('p') ?? '';
  expect((await request.delete(`/api/v1/projects/${id}`)).ok()).toBe(true);
});
