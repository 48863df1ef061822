/** Models that cannot be had, and neurons that are there but were not recorded. */
import { expect, find, focus, open, pane, test } from './page';

test('a model that cannot be opened says what to do and keeps the project from being made', async ({ page }) => {
  test.setTimeout(600_000);
  await open(page, 'sh=project');
  const sheet = page.getByRole('dialog', { name: 'New project' });
  await sheet.getByLabel('title').fill('Nothing');
  await sheet.getByLabel(/^sentences, one a line/).fill('He left.');
  await sheet.getByLabel('Model', { exact: true }).fill('neurox-test-owner/no-such-model');
  await sheet.getByLabel('Model', { exact: true }).press('Enter');
  // Without a network it is not on this machine; with one, the hub has no such model.
  await expect(sheet.locator('.candidates')).toContainText(/is not on this machine|has no model/, { timeout: 400_000 });
  await expect(sheet).toContainText('Remove the model that cannot be opened.');
  await expect(sheet.getByRole('button', { name: 'Make the project' })).toBeDisabled();
  await sheet.getByRole('button', { name: 'Remove neurox-test-owner/no-such-model' }).click();
  await expect(sheet).toContainText('Add a model.');
});

test('what recording takes is told before a project is made, and what the server would refuse keeps it from being made', async ({ page }) => {
  test.setTimeout(600_000);
  await open(page, 'sh=project');
  const sheet = page.getByRole('dialog', { name: 'New project' });
  const make = sheet.getByRole('button', { name: 'Make the project' });
  await sheet.getByLabel('title').fill('Nothing');
  await sheet.getByLabel('Model', { exact: true }).fill('lstm-c');
  await sheet.getByLabel('Model', { exact: true }).press('Enter');
  const text = sheet.getByLabel(/^sentences, one a line/);
  await text.fill('He left.\tIl est parti.');
  await expect(sheet.getByText(/^Recording takes about [\d.]+ MB and \d+ (s|min); [\d.]+ [MGT]B are free\.$/)).toBeVisible({ timeout: 400_000 });
  await expect(make).toBeEnabled();
  // The same server, with a budget that it does not have.
  await page.route('**/api/v1/recording', async (route) => {
    const answer = await route.fetch();
    const costs = (await answer.json()) as { models: Record<string, unknown>[] };
    const refused = 'The store would take 2.6 MB, and the budget is 1.0 MB.';
    await route.fulfill({ json: { ...costs, together: 'Not all of them fit.', models: costs.models.map((m) => ({ ...m, max_bytes: 1_000_000, refused })) } });
  });
  await text.fill('She reads.\tElle lit.');
  await expect(sheet.getByText('The store would take 2.6 MB, and the budget is 1.0 MB.')).toBeVisible();
  await expect(sheet).toContainText('this server allows 1.0 MB for each model and text');
  await expect(sheet.getByText('Not all of them fit.')).toBeVisible();
  await expect(make).toBeDisabled();
  // What is wrong with the text is told before the project is made, too.
  await page.unroute('**/api/v1/recording');
  await text.fill('a\tb\nc');
  await expect(sheet).toContainText('Line 2: the reference is empty');
});

test('a neuron of a layer that was not recorded is no error: it is painted and can be edited', async ({ page }) => {
  await open(page);
  await find(page, 'decoder.1.cross_attn_out[3]');
  await expect(focus(page)).toHaveText('decoder.1.cross_attn_out[3]');
  await expect(pane(page, 'neuron')).toContainText('is not recorded on this corpus');
  await expect(pane(page, 'neuron').getByRole('alert')).toHaveCount(0);
  await expect(pane(page, 'activations').locator('[data-n="decoder.1.cross_attn_out[3]"] .v').first()).toBeVisible();
  await pane(page, 'neuron').getByRole('button', { name: 'Select' }).click();
  await expect(pane(page, 'selected').locator('.card')).toHaveCount(1);
});
