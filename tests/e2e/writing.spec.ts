/** Texts in other scripts than that of the language that the model writes: each runs its own way. */
import type { Locator } from '@playwright/test';
import { expect, open, pane, test } from './page';
import { AGAIN, done } from './server';

const ARABIC = '\u0642\u0627\u0644 Ahmed: \u00ab\u0647\u0630\u0627 \u0643\u062a\u0627\u0628\u00bb \u0641\u064a 2024.';
const HEBREW = '\u05d4\u05d9\u05dc\u05d3 \u05d4\u05dc\u05da.';
const CHINESE = '\u6211\u7231\u4f60\u3002';

const direction = (of: Locator) => of.evaluate((element) => getComputedStyle(element).direction);

test('references that are written from the right run from the right, beside translations that do not', async ({ page, request }) => {
  test.setTimeout(600_000);
  const data = { title: 'Scripts', models: ['lstm-a'], sources: 'He left.\nShe left.\nI love you.\n', references: `${ARABIC}\n${HEBREW}\n${CHINESE}\n` };
  const made = await request.post('/api/v1/projects', { data, ...AGAIN });
  expect(made.ok(), await made.text()).toBe(true);
  const { id } = (await made.json()) as { id: string };
  await done(request, `/api/v1/projects/${id}/extract`, { model: 'lstm-a' });
  await open(page, `v=1&p=${id}&d=reference&n=decoder.1.rnn_hidden%5B5%5D`);

  const references = pane(page, 'translations').locator('.reference');
  await expect(references).toHaveCount(3);
  expect(await Promise.all((await references.all()).map(direction))).toEqual(['rtl', 'rtl', 'ltr']);
  const translations = pane(page, 'translations').locator('[data-role="baseline"]');
  expect(await Promise.all((await translations.all()).map(direction))).toEqual(['ltr', 'ltr', 'ltr']);
  await expect(references.first()).not.toHaveAttribute('lang', /./);
  await expect(translations.first()).toHaveAttribute('lang', 'fr');

  const rows = pane(page, 'activations').locator('.tokens');
  await expect(rows).toHaveCount(3);
  expect(await Promise.all((await rows.all()).map(direction))).toEqual(['rtl', 'rtl', 'ltr']);
  // Words are laid out from the right, and the key goes where it points.
  const words = rows.nth(1).locator('[data-c]');
  const [first, second] = [await words.nth(0).boundingBox(), await words.nth(1).boundingBox()];
  expect(first?.x ?? 0).toBeGreaterThan(second?.x ?? Infinity);
  const grid = pane(page, 'activations').getByRole('grid');
  await grid.focus();
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowLeft']) await page.keyboard.press(key);
  await expect(words.nth(1)).toHaveId('active-token');
  await page.keyboard.press('ArrowRight');
  await expect(words.nth(0)).toHaveId('active-token');
  await expect(pane(page, 'activations').locator('.status-line')).toContainText('sentence 2, word 1');
});

/** A decoding as a model for Hebrew would give it: every Latin letter of its output becomes a Hebrew one. */
function inHebrew(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((v) => inHebrew(v, key));
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, inHebrew(v, k)]));
  if (typeof value !== 'string' || value.startsWith('<') || !['text', 'words', 'pieces', 'piece'].includes(key)) return value;
  return value.replace(/\p{sc=Latin}/gu, (letter) => String.fromCodePoint(0x5d0 + ((letter.codePointAt(0) ?? 0) % 27)));
}

test('the tree of the beams begins where its text begins, and the keys go where they point', async ({ page }) => {
  await page.route('**/decoding', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: inHebrew(await answer.json()) });
  });
  await open(page, `v=1&b=3&t=${encodeURIComponent('He left the house.')}&i=t0&sh=decoding`);
  const tree = page.getByRole('dialog').getByRole('group', { name: 'Beam tree' });
  const winners = tree.locator('.beam.winner');
  await expect(winners.first()).toContainText(/[\u05d0-\u05ea]/);
  expect(await direction(tree)).toBe('rtl');
  const places = await Promise.all((await winners.all()).map((one) => one.boundingBox()));
  const ends = places.map((place) => place?.x ?? NaN);
  expect(ends.length).toBeGreaterThan(2);
  expect([...ends].sort((a, b) => b - a)).toEqual(ends);
  // The line between the first two boxes is drawn between them.
  const line = await tree.locator('path.winner').first().boundingBox();
  const middle = (line?.x ?? NaN) + (line?.width ?? NaN) / 2;
  expect(middle).toBeGreaterThan((ends[1] ?? Infinity) + (places[1]?.width ?? 0));
  expect(middle).toBeLessThan(ends[0] ?? 0);
  await winners.first().focus();
  await page.keyboard.press('ArrowLeft');
  await expect(winners.nth(1)).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(winners.first()).toBeFocused();
  expect(await direction(page.getByRole('dialog').locator('.beams .attention-readout b > bdi'))).toBe('rtl');
});
