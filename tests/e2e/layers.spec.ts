import { expect, open, test } from './page';

test('layers compared as a heat map', async ({ page }) => {
  test.setTimeout(600_000);
  await open(page, 'v=1&sh=layers');
  const found = page.getByRole('dialog').locator('[data-role="similarity"]');
  await expect(found).toBeVisible({ timeout: 400_000 });
  await expect(found.locator('tbody tr').first().locator('td').first()).toHaveText('1.00');
});

test('what layers are compared with is part of the address', async ({ page }) => {
  test.setTimeout(600_000);
  await open(page, 'v=1&sh=layers');
  const found = page.getByRole('dialog').locator('[data-role="similarity"]');
  await page.getByRole('dialog').getByLabel('stack').selectOption('decoder');
  await expect(page).toHaveURL(/[?&]ls=decoder/);
  await expect(found.getByRole('heading')).toContainText('decoder', { timeout: 400_000 });
  await found.getByLabel('shades from').selectOption('range');
  await expect(page).toHaveURL(/[?&]lc=range/);
  const least = Math.min(...(await found.locator('td.numbers').allInnerTexts()).map(Number));
  await expect(found.getByRole('list', { name: 'Shades of linear CKA' }).getByRole('listitem').first()).toHaveText(least.toFixed(2));
  await page.reload();
  await expect(page.getByRole('dialog').getByLabel('stack')).toHaveValue('decoder');
  await expect(found.getByLabel('shades from')).toHaveValue('range');
  await expect(found.getByRole('heading')).toContainText('decoder', { timeout: 400_000 });
  await page.goBack();
  await expect(page.getByRole('dialog').getByLabel('stack')).toHaveValue('encoder');
  await expect(found.getByRole('heading')).toContainText('encoder', { timeout: 400_000 });
});

test('layers are compared by themselves when the activations that lacked are there', async ({ page, request }) => {
  test.setTimeout(600_000);
  const { jobs } = (await (await request.get('/api/v1/jobs')).json()) as { jobs: { id: string; kind: string; state: string }[] };
  const job = jobs.find((j) => j.kind === 'extract' && j.state === 'done')?.id;
  let asked = 0;
  await page.route('**/similarity', (route) => {
    asked++;
    const error = { code: 'not_ready', message: 'The activations are being recorded.', where: null, job };
    return asked === 1 ? route.fulfill({ status: 409, json: { status: 409, error } }) : route.fallback();
  });
  await open(page, 'v=1&sh=layers');
  await expect(page.getByRole('dialog').locator('[data-role="similarity"]')).toBeVisible({ timeout: 400_000 });
  await expect(page.getByRole('dialog').getByRole('alert')).toHaveCount(0);
  expect(asked).toBe(2);
});
