import type { Locator, Page } from '@playwright/test';
import { accessible, expect, open, pane, STRONG, test } from './page';

const SENTENCE = `v=1&t=${encodeURIComponent('He left the house.')}&i=t0`;

function sheet(page: Page): Locator {
  return page.getByRole('dialog', { name: /Decoding of one/ });
}

async function look(page: Page, query: string): Promise<Locator> {
  await open(page, query);
  await pane(page, 'translations').getByRole('button', { name: 'Decoding' }).click();
  await expect(sheet(page).locator('.step').first()).toBeVisible();
  return sheet(page);
}

test('every step has its alternatives; a click forces one, the address keeps it, another click lets it go', async ({ page }) => {
  const now = await look(page, SENTENCE);
  await accessible(page);
  const shown = await pane(page, 'translations').locator('[data-item="t0"] [data-role="baseline"]').textContent();
  expect((await now.locator('[data-line="clean"] .decoding-text').textContent())?.trim()).toBe(shown?.trim());
  const first = now.locator('.step').first();
  await expect(first.locator('.alternative')).toHaveCount(5);
  await expect(first.locator('.alternative.chosen')).toHaveCount(1);
  await now.getByLabel(/^alternatives/).selectOption('8');
  await expect(first.locator('.alternative')).toHaveCount(8);
  const other = first.locator('.alternative').nth(1);
  const piece = ((await other.locator('.piece').textContent()) ?? '').replace('\u00b7', '');
  await other.click();
  await expect(page).toHaveURL(/[?&]fp=t0(~|%7E)i(~|%7E)\d+/);
  const forced = now.locator('[data-line="forced"]');
  await expect(forced.locator('.decoding-text')).toContainText(new RegExp(`^${piece}`));
  await expect(forced.locator('mark').first()).toBeVisible();
  await expect(forced.getByRole('radio')).toBeChecked();
  await expect(now.locator('.step.forced')).toHaveCount(1);
  const text = await forced.locator('.decoding-text').textContent();
  await page.reload();
  await expect(now.locator('[data-line="forced"] .decoding-text')).toHaveText(text ?? '');
  await now.getByRole('button', { name: 'force nothing' }).click();
  await expect(now.locator('[data-line="forced"]')).toHaveCount(0);
  await page.goBack();
  await expect(now.locator('[data-line="forced"]')).toHaveCount(1);
});

test('words are typed and forced, with and without the neurons that are changed', async ({ page }) => {
  const now = await look(page, `${SENTENCE}&s=${STRONG}~set~3~raw~output~all~on`);
  await expect(now.locator('[data-line]')).toHaveCount(2);
  await now.getByLabel('begin with').fill('Elle a');
  await now.getByRole('button', { name: 'Force', exact: true }).click();
  for (const line of ['forced', 'forced_changed']) await expect(now.locator(`[data-line="${line}"] .decoding-text`)).toContainText(/^Elle a/);
  await expect(now.locator('[data-role="forced"]')).toContainText('Elle');
  await expect(now.locator('[data-line="forced_changed"]').getByRole('radio')).toBeChecked();
  await now.locator('[data-line="clean"]').click();
  await expect(page).toHaveURL(/[?&]dl=clean/);
  await expect(now.locator('.step.forced')).toHaveCount(0);
  await accessible(page);
});

test('attention: a cell lights the words of both texts, layers and heads are chosen', async ({ page }) => {
  const now = await look(page, `${SENTENCE}&m=marian`);
  const rows = now.locator('.attention-row');
  await expect(rows).toHaveCount(await now.locator('.step').count());
  await now.getByLabel(/^layer/).selectOption('1');
  await now.getByLabel(/^head/).selectOption('2');
  await expect(page).toHaveURL(/[?&]da=cross\.1\.2/);
  await now.locator('.attention-grid i.most').first().hover();
  await expect(now.locator('.attention-readout').first()).toContainText(/looks at/);
  await expect(now.locator('.decoding-line.source [data-lit]')).toHaveCount(1);
  await expect(now.locator('[data-line="clean"] [data-lit]')).toHaveCount(1);
  await rows.first().focus();
  await page.keyboard.press('ArrowDown');
  await expect(rows.nth(1)).toBeFocused();
  const name = (await rows.nth(1).textContent()) ?? '';
  await expect(now.locator('.attention-readout').first()).toContainText(name);
  await now.getByLabel(/^where/).selectOption('encoder');
  await expect(rows.first()).toContainText('He');
  await accessible(page);
});

test('the beam tree: the result leads it, the keyboard goes through it, a node is forced', async ({ page }) => {
  const now = await look(page, `${SENTENCE}&b=4`);
  const tree = now.getByRole('group', { name: 'Beam tree' });
  const winner = tree.locator('.beam.winner');
  await expect(winner).toHaveCount(await now.locator('.step').count());
  await expect(tree.locator('.beam.end .rank')).toHaveCount(4);
  await expect(now.locator('.beams tbody tr')).toHaveCount(4);
  await expect(now.locator('.beams tbody tr').first()).toContainText((await now.locator('[data-line="clean"] .decoding-text').textContent())?.trim() ?? '?');
  await winner.first().focus();
  await page.keyboard.press('ArrowRight');
  await expect(winner.nth(1)).toBeFocused();
  await expect(now.locator('.beams .attention-readout')).toContainText('on the way to the hypothesis that won');
  await page.keyboard.press('Enter');
  await expect(now.locator('.step.forced')).toHaveCount(2);
  await accessible(page);
  await page.keyboard.press('Escape');
  await expect(now).toBeHidden();
});

test('a changed copy stands beside what it was made from; the sheet changes between them, also on a narrow window', async ({ page }) => {
  const now = await look(page, 'v=1&t=He+left+the+house.&i=et0&e=t0%3AShe+left+the+house.');
  await expect(now.locator('[data-text="unedited source"] .lost')).toHaveText('He');
  await expect(now.locator('[data-text="source"] mark')).toHaveText('She');
  await expect(now.locator('[data-text="its translation"] .lost').first()).toBeVisible();
  await expect(now.locator('[data-line="clean"] mark').first()).toBeVisible();
  const sentences = now.locator('.asked-sentence select');
  await expect(sentences.locator('option:checked')).toHaveText('edit: She left the house.');
  await page.setViewportSize({ width: 420, height: 800 });
  // A text is not squeezed between its name and its score.
  expect((await now.locator('[data-line="clean"] .decoding-text').boundingBox())?.width).toBeGreaterThan(250);
  await accessible(page);
  await sentences.selectOption('t0');
  await expect(now.locator('[data-text]')).toHaveCount(1);
  await expect(now.locator('[data-text="source"]')).toContainText('He left');
  await page.goto('/?v=1&t=He+left+the+house.&i=t0&e=t0%3AShe+left+the+house.&sh=why&yw=0');
  await page.getByLabel('if the neuron had').selectOption('counterfactual');
  await expect(page.getByLabel('The other sentence')).toHaveValue('She left the house.');
});

test('a prefix of another sentence is left alone, and one that cannot be is told', async ({ page }) => {
  const now = await look(page, `${SENTENCE}&fp=t3~t~Elle`);
  await expect(now.locator('[data-line]')).toHaveCount(1);
  await page.goto(`/?${SENTENCE}&sh=decoding&fp=t0~i~9999999`);
  await expect(now.getByRole('alert')).toContainText('is no id of');
});
