/** Models that cannot be had, and neurons that are there but were not recorded. */
import { expect, test } from '@playwright/test';
import { find, focus, open, pane } from './page';

test('a model that cannot be opened says what to do and keeps the project from being made', async ({ page }) => {
  test.setTimeout(240_000);
  await open(page, 'sh=project');
  const sheet = page.getByRole('dialog', { name: 'New project' });
  await sheet.getByLabel('title').fill('Nothing');
  await sheet.getByLabel(/^sentences, one a line/).fill('He left.');
  await sheet.getByLabel('Model', { exact: true }).fill('neurox-test-owner/no-such-model');
  await sheet.getByLabel('Model', { exact: true }).press('Enter');
  // Without a network it is not on this machine; with one, the hub has no such model.
  await expect(sheet.locator('.candidates')).toContainText(/is not on this machine|has no model/, { timeout: 200_000 });
  await expect(sheet).toContainText('Remove the model that cannot be opened.');
  await expect(sheet.getByRole('button', { name: 'Make the project' })).toBeDisabled();
  await sheet.getByRole('button', { name: 'Remove neurox-test-owner/no-such-model' }).click();
  await expect(sheet).toContainText('Add a model.');
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
