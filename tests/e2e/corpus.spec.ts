import type { Page } from '@playwright/test';
import { accessible, expect, open, pane, test } from './page';

function sheet(page: Page) {
  return page.getByRole('dialog');
}

/** Have the corpus translated, if that was not done before, and wait for what is read off it. */
async function translated(page: Page, role: string): Promise<void> {
  const found = sheet(page).locator(`[data-role="${role}"]`);
  const button = sheet(page).getByRole('button', { name: 'Translate the corpus' });
  // A test that was broken off may have had it begun.
  await expect(found.or(button).or(sheet(page).getByRole('progressbar')).first()).toBeVisible();
  if (await button.isVisible()) await button.click();
  await expect(found).toBeVisible({ timeout: 400_000 });
}

test('tokens in the nearest states of a word, and their sentences', async ({ page }) => {
  await open(page);
  await page.getByRole('button', { name: 'Corpus\u2026' }).click();
  await sheet(page).getByRole('button', { name: 'Nearest states' }).click();
  const found = sheet(page).locator('[data-role="nearest"]');
  await expect(found.getByRole('listitem')).toHaveCount(12);
  await expect(found.locator('[data-role="how"]')).toContainText(/Compared with all [\d\u202f]+ tokens/);
  const words = sheet(page).getByRole('group', { name: 'Words of the source' }).getByRole('button');
  await words.nth(1).focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/[?&]xw=source\.1/);
  await expect(words.nth(1)).toHaveAttribute('aria-pressed', 'true');
  await expect(found.getByRole('list')).toHaveAttribute('aria-label', new RegExp(`\u201c${await words.nth(1).innerText()}\u201d`));
  const cosines = (await found.locator('li > .numbers').allInnerTexts()).map(Number);
  expect([...cosines].sort((a, b) => b - a)).toEqual(cosines);
  expect(cosines[0]).toBeLessThanOrEqual(1.001);

  await sheet(page).getByRole('group', { name: 'Words of the translation' }).getByRole('button').first().click();
  await expect(sheet(page).getByLabel('Layer whose states are compared')).toHaveValue(/^decoder\./);
  await sheet(page).getByLabel('What near means').selectOption('euclidean');
  await expect(page).toHaveURL(/[?&]xd=euclidean/);
  await expect(found.locator('[data-role="how"]')).toContainText('as it writes the references');
  await page.reload();
  await expect(found.getByRole('listitem')).toHaveCount(12);
  const shown = found.getByRole('button', { name: /^Show sentence/ }).first();
  const number = Number((await shown.innerText()).replace(/\D/g, ''));
  await shown.click();
  await expect(sheet(page)).toHaveCount(0);
  await expect(page.locator(`[data-item="c${number - 1}"]`).first()).toBeVisible();
});

test('scores of slices, the sentences of one, and similar sentences that come out otherwise', async ({ page }) => {
  test.setTimeout(600_000);
  await open(page, 'v=1&sh=corpus');
  await translated(page, 'slices');
  const table = sheet(page).getByRole('group', { name: 'Scores of slices' });
  const rows = table.locator('tbody tr');
  await expect(rows).toHaveCount(3);
  await expect(rows.first()).toContainText('all sentences');
  await sheet(page).getByLabel('Label that makes the slices').selectOption({ label: 'Length of the sentence' });
  await expect(page).toHaveURL(/[?&]xl=length/);
  await expect(rows).not.toHaveCount(3);
  await sheet(page).getByLabel('Order of the slices').selectOption('score');
  const scores = async () => (await table.locator('tbody tr:not(.whole-row) td:nth-child(3)').allInnerTexts()).map((t) => parseFloat(t));
  await expect.poll(async () => {
    const now = await scores();
    return now.length > 1 && [...now].sort((a, b) => a - b).join() === now.join();
  }).toBe(true);

  await table.getByRole('button').first().click();
  const sentences = sheet(page).locator('[data-role="slice-sentences"]');
  await expect(sentences.getByRole('listitem')).toHaveCount(10);
  await sentences.getByLabel('Order of the sentences').selectOption('worst');
  await sentences.getByRole('button', { name: 'Next sentences of the slice' }).click();
  await expect(sentences.getByRole('status')).toContainText(/^11\u201320/);
  await expect(page).toHaveURL(/[?&]xp=10&.*xr=worst/);
  const address = page.url();
  await page.reload();
  await expect(sentences.getByRole('status')).toContainText(/^11\u201320/);
  expect(page.url()).toBe(address);

  await sheet(page).getByRole('button', { name: 'Similar, but otherwise' }).click();
  await sheet(page).getByLabel('Outcome that is looked at').selectOption('contains');
  await expect(sheet(page)).toContainText('Type a word');
  await sheet(page).getByLabel('Word that the translation contains').fill('est');
  const found = sheet(page).locator('[data-role="counterparts"]');
  await expect(found.getByRole('listitem')).toHaveCount(8);
  const own = await found.locator('.asked-about .chip').innerText();
  const others = await found.locator('li .chip').allInnerTexts();
  expect(new Set([...others, own]).size).toBe(2);
  expect(others).not.toContain(own);
  await found.getByRole('button', { name: /^ask about it/ }).first().click();
  await expect(found.locator('.asked-about .chip')).toHaveText(others[0] ?? '');
  await sheet(page).getByLabel('Outcome that is looked at').selectOption('column');
  await sheet(page).getByLabel('Label that is looked at').selectOption('part');
  await expect(found.locator('.asked-about .chip')).toHaveText(/everyday|natural/);
  await page.keyboard.press('Escape');
  await expect(sheet(page)).toHaveCount(0);
});

test('a ranking lists its first neurons while it is made, and can be cancelled', async ({ page }) => {
  test.setTimeout(600_000);
  await open(page, 'v=1&sh=new');
  const form = sheet(page);
  await form.getByLabel('analysis', { exact: true }).selectOption({ label: 'Linear probe' });
  await form.getByLabel('label', { exact: true }).selectOption({ label: 'Capital letters' });
  // Many probes to train anew: even a fast machine is at it for a while.
  await form.getByLabel('keep').fill(Array.from({ length: 19 }, (_, i) => 5 * (i + 1)).join(','));
  await form.getByLabel('seed').fill(String(1 + (Date.now() % 1_000_000)));
  await form.getByLabel('seed').press('Tab');
  await form.getByRole('button', { name: 'Make the ranking' }).click();
  await expect(page).toHaveURL(/[?&]rk=\w+/, { timeout: 120_000 });
  const list = pane(page, 'neurons').locator('[data-role="unfinished"]');
  await expect(list.getByRole('status')).toContainText(/Unfinished, (penalty|chosen)/, { timeout: 400_000 });
  await expect(list.getByRole('listitem').first()).toContainText(/encoder\.\d/);
  await list.getByLabel('Label whose first neurons are listed').selectOption('lower');
  await expect(page).toHaveURL(/[?&]lb=lower/);
  // Nothing of the note is cut off, and the neuron has its place by this ranking, not by the one before.
  expect(await list.getByRole('status').evaluate((e) => e.scrollWidth <= e.clientWidth + 1 && e.scrollHeight <= e.clientHeight + 1)).toBe(true);
  await list.getByRole('listitem').nth(2).click();
  const standing = pane(page, 'neuron').locator('[data-role="standing"]');
  await expect(standing).toHaveText(/^place 3 so far by Linear probe .*: lower \(unfinished\)$/);
  await pane(page, 'neuron').getByRole('button', { name: 'Next neuron of the ranking' }).click();
  await expect(standing).toHaveText(/^place 4 so far/);
  await page.reload();
  await expect(list).toBeVisible();
  await pane(page, 'rankings').getByRole('button', { name: 'Cancel' }).click();
  await expect(list).toHaveCount(0, { timeout: 120_000 });
});

for (const scheme of ['light', 'dark'] as const) {
  for (const tab of ['slices', 'differ', 'near']) {
    test(`axe finds nothing in the corpus sheet, ${tab}, ${scheme}`, async ({ page }) => {
      test.setTimeout(600_000);
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await open(page, `v=1&sh=corpus&xt=${tab}`);
      if (tab !== 'near') await translated(page, tab === 'slices' ? 'slices' : 'counterparts');
      await accessible(page);
    });
  }
}
