import { card, changed, expect, focus, open, pane, STRONG, test } from './page';

test('everything with the keyboard alone', async ({ page }) => {
  await open(page);
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Help' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog', { name: 'Help' })).toBeHidden();

  const first = await focus(page).innerText();
  await page.keyboard.press('ArrowRight');
  await expect(focus(page)).not.toHaveText(first);
  await page.keyboard.press('ArrowLeft');
  await expect(focus(page)).toHaveText(first);

  await page.keyboard.press('ArrowDown');
  await expect(page.locator('article.current')).toHaveAttribute('data-item', 'c1');
  await page.keyboard.press('ArrowUp');
  await expect(page.locator('article.current')).toHaveAttribute('data-item', 'c0');

  await page.keyboard.press('/');
  await page.keyboard.type(STRONG);
  await page.keyboard.press('Enter');
  await expect(focus(page)).toHaveText(STRONG);
  await page.keyboard.press('Escape');
  await page.keyboard.press('+');
  await expect(card(page, STRONG)).toBeVisible();

  const onSwitch = page.getByRole('switch', { name: `${STRONG}, on` });
  for (let i = 0; i < 80; i++) {
    if (await onSwitch.evaluate((e) => e === document.activeElement)) break;
    await page.keyboard.press('Tab');
  }
  await expect(onSwitch).toBeFocused();
  const ring = await onSwitch.evaluate((e) => getComputedStyle(e).outlineStyle);
  expect(ring).not.toBe('none');
  await page.keyboard.press('Space');
  await expect(changed(page, 'c0')).not.toHaveText('no neuron is changed');
  await page.keyboard.press('-');
  await expect(card(page, STRONG)).toHaveCount(0);
});

test('a grid of tokens is one tab stop with arrows inside', async ({ page }) => {
  await open(page);
  const grid = pane(page, 'activations').getByRole('grid');
  const status = pane(page, 'activations').locator('.status-line .value');
  await grid.focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.locator('#active-token')).toHaveCount(1);
  const first = await page.locator('#active-token').innerText();
  await expect(status).toHaveText(/\d/);
  await page.keyboard.press('ArrowRight');
  await expect(page.locator('#active-token')).not.toHaveText(first);
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Home');
  await expect(status).toHaveText(/\d/);
  await expect(grid).toBeFocused();
});

test('keys are letters while one types', async ({ page }) => {
  await open(page);
  const looked = await focus(page).innerText();
  await page.keyboard.press('n');
  const box = page.getByLabel('A sentence of your own');
  await expect(box).toBeFocused();
  await page.keyboard.type('a+b/c-d?');
  await page.keyboard.press('ArrowLeft');
  await expect(box).toHaveValue('a+b/c-d?');
  await expect(focus(page)).toHaveText(looked);
  await expect(pane(page, 'selected').locator('.card')).toHaveCount(0);
});

test('a sheet that a link opened leaves the keyboard on the button that opens it', async ({ page }) => {
  for (const [sheet, button] of [['why', 'Who made this word?'], ['ablate', /^Ablation curves/], ['control', 'Experiments'], ['sets', /^Sets/]] as const) {
    await open(page, `v=1&sh=${sheet}`);
    await expect(page.locator('dialog[open]')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.locator('dialog[open]')).toHaveCount(0);
    await expect(page.getByRole('button', { name: button })).toBeFocused();
  }
});
