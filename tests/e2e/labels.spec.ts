import type { APIResponse } from '@playwright/test';
import { accessible, expect, LOOKED, open, pane, test } from './page';
import { named } from './server';

/** Also what a run left that was broken off. */
test.beforeEach(async ({ request }) => {
  const path = '/api/v1/projects/demo/label-files';
  const { files } = (await (await request.get(path)).json()) as { files: { id: string }[] };
  for (const { id } of files) await request.delete(`${path}/${id}`);
});

test('labels from a file: explained, refused with its line, added, ranked by, removed', async ({ page }) => {
  test.setTimeout(600_000);
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
  await expect(pane(page, 'rankings').getByRole('tree').getByRole('treeitem').filter({ hasText: /^woman$/ })).toBeVisible({ timeout: 400_000 });
  await pane(page, 'rankings').getByRole('button', { name: 'Remove' }).click();
  await expect(page).not.toHaveURL(/[?&]rk=/);

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

test('a file that is added on the sheet of labels itself has the keyboard, and the names of neurons say what they lack', async ({ page, request }) => {
  test.setTimeout(1_000_000); // Names all neurons, twice.
  await named(request, 'encoder');
  // The server compares the neurons again as soon as the project is loaded again, and a fast one has
  // done so before anybody looks. Here the page gets the project as it was, and the server is not asked.
  let project: Promise<APIResponse> | null = null;
  await page.route('**/api/v1/projects/demo', async (route) => { await route.fulfill({ response: await (project ??= route.fetch()) }); });
  await open(page, `v=1&n=${LOOKED}`);
  const what = pane(page, 'neuron').locator('[data-role="what-is"]');
  await expect(what).toContainText('On held-out sentences');
  await page.goto(`/?v=1&n=${LOOKED}&sh=labels`);
  const sheet = page.getByRole('dialog');
  // Of this run alone: names that the server knows already would be there at once.
  await sheet.getByLabel('file', { exact: true }).setInputFiles({ name: 'e2e-lack.txt', mimeType: 'text/plain', buffer: Buffer.from(`he\tman\nshe\twoman\n${Date.now()}\tnobody\n`) });
  await sheet.getByRole('button', { name: 'Add the labels' }).click();
  const row = sheet.getByRole('list', { name: 'Added files of labels' }).getByRole('listitem').filter({ hasText: 'e2e-lack' });
  await expect(row).toBeFocused();
  await page.keyboard.press('Escape');
  // The name of before stays, and says that it is one.
  const older = what.locator('[data-role="older-names"]');
  await expect(older).toContainText('Found before e2e-lack was added; all neurons can be compared again');
  await expect(what).toContainText('On held-out sentences');
  await older.getByRole('button', { name: 'Compare again' }).click();
  await expect(older).toHaveCount(0, { timeout: 400_000 });
  await expect(what).toContainText('On held-out sentences');
  await page.goto('/?v=1&sh=labels');
  await sheet.getByRole('button', { name: 'Remove e2e-lack.txt' }).click();
  await expect(row).toHaveCount(0);
});
