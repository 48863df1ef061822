/** Places of selected neurons, manipulation sets, changed copies of sentences, groups ablated as a whole. */
import type { APIRequestContext } from '@playwright/test';
import { accessible, baseline, card, changed, expect, open, pane, sentence, settled, test } from './page';

const NEURON = 'encoder.1.rnn_hidden[3]';
/** All of a layer's units would do; one with a large value changes many sentences. */
const HARD = 'encoder.1.rnn_hidden[0]~scale~0~raw~output~all~on';

async function clearSets(request: APIRequestContext): Promise<void> {
  const { sets } = (await (await request.get('/api/v1/projects/demo/sets?model=lstm-a')).json()) as { sets: { id: string }[] };
  for (const { id } of sets) await request.delete(`/api/v1/projects/demo/sets/${id}`);
}

test('a neuron is limited to words by a list, a form and a label, and the address keeps it', async ({ page }) => {
  const own = 'He left the house.';
  await open(page, `v=1&t=${encodeURIComponent(own)}&i=t0&n=${NEURON}&s=${NEURON}~set~-60~raw~output~all~on`);
  const chosen = card(page, NEURON);
  await settled(page);
  const everywhere = await changed(page, 't0').textContent();
  const clean = await baseline(page, 't0').textContent();
  expect(everywhere).not.toBe(clean);
  const where = chosen.getByLabel(`${NEURON}, where`);
  await where.selectOption('words');
  const words = chosen.getByLabel(`${NEURON}, words`);
  await words.fill('nothing, here');
  await words.press('Enter');
  await expect(changed(page, 't0')).toContainText('same');
  await where.selectOption('form');
  const form = chosen.getByLabel(`${NEURON}, regular expression of the word`);
  await form.fill('.*');
  await form.press('Enter');
  await settled(page);
  await expect(changed(page, 't0')).not.toContainText('same');
  await form.fill('(');
  await form.press('Enter');
  await expect(chosen).toContainText("'(' is not a regular expression");
  await where.selectOption('label');
  await chosen.getByLabel(`${NEURON}, label`, { exact: true }).selectOption('Tense');
  await chosen.getByLabel(`${NEURON}, value of the label`).selectOption('Past');
  await expect(sentence(page, 't0')).toContainText('what the corpus says of the same forms');
  await expect.poll(() => page.url()).toContain('Past');
  await page.reload();
  await expect(chosen.getByLabel(`${NEURON}, value of the label`)).toHaveValue('Past');
  await chosen.getByLabel(`${NEURON}, unit`).selectOption('percentile');
  await expect(chosen.getByLabel(`${NEURON}, number`)).not.toHaveValue('-60');
  await settled(page);
});

test('sets are kept, stand side by side with the words that differ and a score, and go', async ({ page, request }) => {
  test.setTimeout(600_000);
  await clearSets(request);
  // Of this run alone: a score that the server knows already would not have to be asked for.
  await open(page, `v=1&s=${HARD.replace('~0~', `~-0.${Date.now() % 1e6}~`)}`);
  await pane(page, 'selected').getByRole('button', { name: 'Sets' }).click();
  const sheet = page.getByRole('dialog', { name: 'Manipulation sets' });
  await expect(sheet).toContainText('No set yet');
  const name = sheet.getByPlaceholder('a name');
  await name.fill('<b>one</b>');
  await sheet.getByRole('button', { name: 'Keep' }).click();
  const row = sheet.locator('tbody[data-set]');
  await expect(row).toHaveCount(1);
  await expect(row).toContainText('<b>one</b>');
  await expect(row.getByRole('switch')).toBeChecked();
  await accessible(page, 'dialog[open]');
  await page.keyboard.press('Escape');

  // Another set of the same model, from a file.
  const file = { model: 'lstm-a', sets: [{ name: 'from a file', interventions: [{ neurons: [NEURON], operation: 'set', value: 97, unit: 'percentile', where: { label: 'Tense', value: 'Past' } }] }] };
  await pane(page, 'selected').getByRole('button', { name: 'Sets' }).click();
  await sheet.getByLabel('A file of sets').setInputFiles({ name: 's.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(file)) });
  await expect(row).toHaveCount(2);
  await expect(row.nth(1)).toContainText('set to percentile 97, at words with Tense=Past');
  await sheet.getByLabel('A file of sets').setInputFiles({ name: 'bad.json', mimeType: 'application/json', buffer: Buffer.from('{') });
  await expect(page.locator('.notices, [role="alert"]').filter({ hasText: 'not JSON' }).first()).toBeAttached();
  await row.nth(1).getByRole('switch').click();
  await page.keyboard.press('Escape');

  const lines = sentence(page, 'c0').locator('[data-role="set"]');
  await expect(lines).toHaveCount(2);
  await settled(page);
  await expect(pane(page, 'translations').locator('[data-role="set-bar"] li')).toHaveCount(2);
  // The first set is what is applied as well: the two lines say the same.
  await expect(lines.first()).toHaveText((await changed(page, 'c0').textContent()) ?? '');
  const bar = pane(page, 'translations').locator('[data-role="set-bar"] li').first();
  await bar.getByRole('button', { name: /^Score / }).click();
  await expect(bar).toContainText('sentences changed', { timeout: 400_000 });
  await expect(bar).toContainText('BLEU');
  const said = await bar.locator('.set-score').textContent();
  await page.reload();
  await expect(bar.locator('.set-score')).toHaveText(said ?? '');

  await bar.locator('.set-name').click();
  await row.first().getByRole('button', { name: 'Rename' }).click();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('renamed');
  await page.keyboard.press('Enter');
  await expect(row.first()).toContainText('renamed');
  await expect(row.first()).toContainText('sentences changed');
  await row.first().getByRole('button', { name: 'Delete renamed' }).click();
  await expect(row).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(lines).toHaveCount(1);
  await clearSets(request);
});

test('a changed copy is compared with its sentence in translations and activations', async ({ page }) => {
  await open(page, `v=1&t=${encodeURIComponent('He left the house.')}&i=t0&n=${NEURON}`);
  await sentence(page, 't0').getByRole('button', { name: /^Edit a copy/ }).click();
  const copy = sentence(page, 'et0');
  const source = copy.getByLabel('Changed source');
  await expect(source).toBeFocused();
  await expect(copy.locator('[data-role="baseline"]')).toContainText('same');
  await source.fill('She left the house.');
  await expect(copy.locator('[data-role="source"] mark')).toHaveText('She');
  await expect(sentence(page, 't0').locator('[data-role="source"] .lost')).toHaveText('He');
  await expect(copy.locator('[data-role="baseline"] mark').first()).toBeVisible();
  await expect(sentence(page, 't0').locator('[data-role="baseline"] .lost').first()).toBeVisible();
  const difference = pane(page, 'activations').locator('[data-item="et0"] [data-role="difference"] .tokens');
  await expect(difference).toHaveText('She left the house.');
  const cells = difference.locator('[role="gridcell"]');
  await expect(cells.nth(1)).toHaveClass(/v/);
  await cells.nth(1).hover();
  await expect(pane(page, 'activations').locator('.status-line')).toContainText('difference to the sentence');
  await cells.nth(0).hover();
  await expect(pane(page, 'activations').locator('.status-line')).toContainText('a new word');
  await expect.poll(() => page.url()).toContain('She+left');
  await page.reload();
  await expect(copy.locator('[data-role="source"] mark')).toHaveText('She');
  await copy.getByRole('button', { name: /^Close/ }).click();
  await expect(copy).toHaveCount(0);
  await page.keyboard.press('e');
  await expect(copy).toHaveCount(1);
});

test('exactly the selection, and everything but it, are ablated as a whole', async ({ page }) => {
  test.setTimeout(600_000);
  await open(page, `v=1&s=${HARD}&sh=ablate`);
  const sheet = page.getByRole('dialog', { name: 'Ablation curves' });
  await sheet.getByLabel('neurons of').selectOption('others');
  await sheet.getByLabel('sentences').fill('20');
  await sheet.getByRole('button', { name: 'Ablate them' }).click();
  const table = sheet.locator('[data-role="groups"]');
  await expect(table.locator('tbody tr')).toHaveCount(2, { timeout: 400_000 });
  await expect(table).toContainText('everything but 1 neuron');
  await expect(table.locator('tbody tr').nth(1)).toContainText('319');
  await table.locator('tbody tr').nth(1).hover();
  await expect(table.locator('.kept > div')).toHaveCount(20);
  await accessible(page, 'dialog[open]');
  await page.reload();
  await expect(table.locator('tbody tr')).toHaveCount(2);
  await table.getByRole('button', { name: /out of the sheet/ }).click();
  await expect(table).toHaveCount(0);
});
