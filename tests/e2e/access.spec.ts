import { accessible, changed, expect, LOOKED, open, STRONG, test } from './page';

for (const scheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the ${scheme} theme`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await open(page, `v=1&n=${LOOKED}&s=${LOOKED}&s=${STRONG}~set~40~raw~output~all~on&t=A+sentence+of+mine.`);
    await expect(changed(page, 'c0').locator('mark').first()).toBeVisible();
    await accessible(page, 'html');
  });
}

test('the theme can be chosen by hand and is kept', async ({ page }) => {
  await open(page);
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.getByRole('button', { name: /Theme: as the system/ }).click();
  await page.getByRole('button', { name: /Theme: light/ }).click();
  await expect(page.getByRole('button', { name: /Theme: dark/ })).toBeVisible();
  await expect.poll(ground).not.toBe(light);
  await page.reload();
  await expect(page.getByRole('button', { name: /Theme: dark/ })).toBeVisible();
  await expect.poll(ground).not.toBe(light);
});
