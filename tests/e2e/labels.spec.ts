import { expect, test } from '@playwright/test';
import { accessible, LOOKED, open, pane } from './page';

test('labels from a file: explained, refused with its line, added, ranked by, removed', async ({ page }) => {
  test.setTimeout(240_000);
  await open(page, 'v=1&sh=new');
  const form = page.getByRole('dialog');
  await form.getByRole('button', { name: /Labels from a file/ }).click();
  await expect(form).toContainText('Labels from files');
  const add = form.getByRole('button', { name: 'Add the labels' });
  await expect(add).toBeDisabled();
  await form.getByLabel('form').selectOption('pairs');
  await expect(form.getByLabel('file of words')).toBeVisible();
  const choose = async (name: string, text: string) => form.getByLabel('file', { exact: true }).setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
  await choose('e2e-people.txt', 'he\nNew <b>York</b>\n');
  await expect(form.getByLabel('form')).toHaveValue('words');
  await expect(form.locator('[data-role="label-form"]')).toContainText('One word a line');
  await expect(form.getByLabel('name')).toHaveValue('e2e-people');
  await add.click();
  await expect(form.getByRole('alert')).toContainText("e2e-people.txt, line 2: 'New <b>York</b>' is more than one word");
  // What was being done is still where the keyboard is.
  await expect(add).toBeFocused();
  await accessible(page);
  await choose('e2e-people.txt', 'he\tman\nshe\twoman\nhis\tman\nher\twoman\n');
  await add.click();

  // The form of the ranking is back, with the label that was added.
  await expect(form.getByLabel('label', { exact: true })).toHaveValue('e2e-people');
  await expect(form.getByLabel('label', { exact: true })).toBeFocused();
  await expect(form.getByRole('list', { name: 'Classes' }).getByRole('listitem')).toContainText(['man', 'woman']);
  await form.getByLabel('analysis', { exact: true }).selectOption({ label: 'Probeless' });
  await form.getByRole('button', { name: 'Make the ranking' }).click();
  await expect(pane(page, 'rankings').getByRole('tree').getByRole('treeitem').filter({ hasText: /^woman$/ })).toBeVisible({ timeout: 150_000 });
  await pane(page, 'rankings').getByRole('button', { name: 'Remove' }).click();

  await page.reload();
  await page.getByRole('button', { name: 'New ranking' }).click();
  await form.getByLabel('label', { exact: true }).selectOption('e2e-people');
  await form.getByRole('button', { name: /Labels from a file/ }).click();
  const added = form.getByRole('list', { name: 'Added files of labels' });
  await expect(added).toContainText('e2e-people');
  await form.getByRole('button', { name: 'Remove e2e-people.txt' }).click();
  await expect(added).toHaveCount(0);
  await expect(form.getByLabel('file', { exact: true })).toBeFocused();
  await form.getByRole('button', { name: 'Back' }).click();
  await expect(form.getByLabel('label', { exact: true }).locator('option[value="e2e-people"]')).toHaveCount(0);
});

test('a file that is added on the sheet of labels itself has the keyboard, and the names of neurons say what they lack', async ({ page }) => {
  test.setTimeout(400_000);
  await open(page, `v=1&n=${LOOKED}`);
  const what = pane(page, 'neuron').locator('[data-role="what-is"]');
  const button = what.getByRole('button', { name: 'Name the neurons' });
  await expect(what).toBeVisible();
  if (await button.isVisible()) await button.click();
  await expect(what).toContainText('On held-out sentences', { timeout: 300_000 });
  await page.evaluate(() => { history.replaceState(null, '', `${location.search}&sh=labels`); });
  await page.reload();
  const sheet = page.getByRole('dialog');
  await sheet.getByLabel('file', { exact: true }).setInputFiles({ name: 'e2e-lack.txt', mimeType: 'text/plain', buffer: Buffer.from(`he\tman\nshe\twoman\n${Date.now()}\tnobody\n`) });
  await sheet.getByRole('button', { name: 'Add the labels' }).click();
  const row = sheet.getByRole('list', { name: 'Added files of labels' }).getByRole('listitem').filter({ hasText: 'e2e-lack' });
  await expect(row).toBeFocused();
  await page.keyboard.press('Escape');
  // The name of before stays, and says that it is one.
  await expect(what).toContainText('On held-out sentences');
  await expect(what.locator('[data-role="older-names"]')).toContainText('Found before e2e-lack was added');
  await page.goto('/?v=1&sh=labels');
  await sheet.getByRole('button', { name: 'Remove e2e-lack.txt' }).click();
  await expect(row).toHaveCount(0);
});
