/** Words that a decoder's neurons are limited to, and an edit that is tried where a property holds. */
import { accessible, baseline, card, changed, expect, open, settled, test } from './page';

const DECODER = 'decoder.1.rnn_hidden[5]';
const ENCODER = 'encoder.1.rnn_hidden[3]';

test('a decoder neuron is changed after words that it has written', async ({ page }) => {
  const own = 'The red house is very small.';
  await open(page, `v=1&t=${encodeURIComponent(own)}&i=t0&n=${DECODER}&s=${DECODER}~set~40~raw~output~all~on`);
  await settled(page);
  const everywhere = await changed(page, 't0').textContent();
  const clean = await baseline(page, 't0').textContent();
  expect(everywhere).not.toBe(clean);
  const chosen = card(page, DECODER);
  const where = chosen.getByLabel(`${DECODER}, where`);
  await where.selectOption({ label: 'after writing these words' });
  const words = chosen.getByLabel(`${DECODER}, words`);
  await words.fill('xylophone');
  await words.press('Enter');
  await expect(changed(page, 't0')).toContainText('same');
  await where.selectOption('label');
  await chosen.getByLabel(`${DECODER}, label`, { exact: true }).selectOption('upos');
  const value = chosen.getByLabel(`${DECODER}, value of the label`);
  await expect(value.locator('option').filter({ hasText: /^DET \(/ })).toHaveCount(1);
  await value.selectOption('DET');
  await settled(page);
  await expect(changed(page, 't0')).not.toContainText('same');
  await expect.poll(() => page.url()).toContain('label');
  await accessible(page, '[data-pane="selected"]');
  await page.reload();
  await settled(page);
  await expect(value).toHaveValue('DET');
  await expect(changed(page, 't0')).not.toContainText('same');
});

test('what a scope means is said at its own field: what is wrong in it, that no word is meant, or which', async ({ page }) => {
  await open(page, `v=1&t=${encodeURIComponent('The red house is very small.')}&i=t0&n=${ENCODER}&s=${ENCODER}~set~40~raw~output~all~on`);
  await settled(page);
  const chosen = card(page, ENCODER);
  const note = page.locator('[data-pane="selected"] .pane-note');
  await chosen.getByLabel(`${ENCODER}, where`).selectOption({ label: 'at words like (regular expression)' });
  const field = chosen.getByLabel(`${ENCODER}, regular expression of the word`);
  await expect(field).toHaveAccessibleDescription('no word is named yet, so nothing is changed');
  await expect(note).toContainText('0 of 1 applied, 1 without words');
  await field.fill('(h');
  await field.press('Enter');
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  await expect(field).toHaveAccessibleDescription(/'\(h' is not a regular expression: .*/);
  await expect(changed(page, 't0')).toHaveText('no neuron is changed');
  await expect(page.locator('[data-pane="translations"] .failure')).toHaveCount(0);
  await accessible(page, '[data-pane="selected"]');
  // The address is asked after as well: a link may hold what nobody typed here.
  await expect.poll(() => page.url()).toContain('form%3A(h');
  await page.reload();
  await expect(field).toHaveAccessibleDescription(/is not a regular expression/);
  await expect(page.locator('[data-pane="translations"] .failure')).toHaveCount(0);
  await field.fill('xylo.*');
  await field.press('Enter');
  await expect(field).toHaveAttribute('aria-invalid', 'false');
  await expect(field).toHaveAccessibleDescription(/^no word of the \d sentences shown is meant, so nothing is changed there$/);
  await field.fill('h.*se');
  await field.press('Enter');
  await expect(field).toHaveAccessibleDescription(/\d+ words? in \d of the \d sentences shown: house/);
  await expect(changed(page, 't0')).not.toHaveText('no neuron is changed');
});

test('an edit is tried where a property of the sentence holds', async ({ page, request }) => {
  test.setTimeout(600_000);
  const path = '/api/v1/projects/demo/sets';
  const edit = { neurons: [ENCODER], operation: 'set', value: -60, unit: 'raw', scope: 'output', positions: null, where: null, seed: 0 };
  const made = (await (await request.post(path, { data: { name: 'property', model: 'lstm-a', interventions: [edit] } })).json()) as { id: string };
  try {
    await open(page, 'v=1&sh=sets');
    const sheet = page.getByRole('dialog', { name: 'Manipulation sets' });
    const row = sheet.locator(`[data-set="${made.id}"]`);
    await row.getByRole('button', { name: /^Try/ }).click();
    await row.getByLabel('turns the word').fill('est');
    await row.getByLabel('into').fill('était');
    const button = row.getByRole('button', { name: 'Try it on the whole corpus' });
    const property = row.getByLabel('Property of the sentences that it is meant for');
    await property.selectOption('source Tense');
    await expect(button).toBeDisabled();
    const value = row.getByLabel('Value of the property');
    await expect(value.locator('option').filter({ hasText: /^Pres/ })).toHaveCount(1);
    await value.selectOption('Pres');
    await button.click();
    const tried = row.locator('[data-role="tried"]');
    await expect(tried).toContainText('a word of the source has Tense=Pres', { timeout: 400_000 });
    await expect(tried).toContainText('all other sentences');
    await expect(tried).toContainText('in which that does not hold');
    await accessible(page, 'dialog[open]');
    await page.reload();
    await expect(row.getByLabel('Value of the property')).toHaveValue('Pres');
  } finally {
    await request.delete(`${path}/${made.id}`);
  }
});
