import { accessible, baseline, card, expect, open, pane, sentence, settled, test } from './page';

const HE = `v=1&t=${encodeURIComponent('He left the house.')}&i=t0`;
const COMPARED = `${HE}&sh=why&yb=counterfactual&yc=She+left+the+house.`;

test('a word of a translation is asked about by a double click, and a link brings the question back', async ({ page }) => {
  await open(page, HE);
  await baseline(page, 't0').locator('[data-h]').first().dblclick();
  const sheet = page.getByRole('dialog', { name: 'Who made this word?' });
  await expect(sheet.locator('.why-words .chosen')).toHaveText('Il');
  await sheet.getByLabel('rather than').fill('Elle');
  await sheet.getByRole('button', { name: 'Ask', exact: true }).click();
  await expect(sheet.locator('[data-role="attribution"]')).toContainText('less that of "Elle"', { timeout: 120_000 });
  await expect(page).toHaveURL(/[?&]yw=0.*[?&]yi=Elle/);
  await page.reload();
  await expect(sheet.getByLabel('rather than')).toHaveValue('Elle');
  await expect(sheet.locator('[data-role="attribution"]')).toContainText('less that of "Elle"', { timeout: 120_000 });
  await page.goBack();
  await expect(sheet.getByLabel('rather than')).toHaveValue('');
});

test('cells of two compared runs are marked by keys, tried together, and kept as a set', async ({ page, request }) => {
  await open(page, COMPARED);
  const sheet = page.getByRole('dialog', { name: 'Who made this word?' });
  const map = sheet.getByRole('grid', { name: 'What patching recovers, encoder' });
  const first = map.locator('tbody tr').first().getByRole('button');
  await expect(first.first()).toHaveText(/^(99|100|101) %$/, { timeout: 120_000 });
  await first.first().focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await expect(first.nth(1)).toHaveAttribute('aria-pressed', 'true');
  const patch = sheet.locator('[data-role="patch"]');
  await expect(patch).toContainText('It recovers');
  const after = await patch.locator('ins').allTextContents();
  expect(after.join(' ')).toContain('Elle');
  await accessible(page, 'dialog[open]');
  await expect(page).toHaveURL(/[?&]yp=encoder\.0\.\w+%400/);
  await page.reload();
  await expect(first.nth(1)).toHaveAttribute('aria-pressed', 'true');
  await patch.getByLabel('keep this patch as').fill('a <b>patch</b>');
  await patch.getByRole('button', { name: 'Keep as a set' }).click();
  await expect(sheet).toBeHidden();
  const line = sentence(page, 't0').locator('[data-role="set"]');
  await expect(line).toContainText('Elle');
  await settled(page);
  const id = new URL(page.url()).searchParams.get('set') ?? '';
  await pane(page, 'selected').getByRole('button', { name: /^Sets/ }).click();
  const row = page.getByRole('dialog', { name: 'Manipulation sets' }).locator(`[data-set="${id}"]`);
  await expect(row).toContainText('a <b>patch</b>');
  await expect(row).toContainText(/, all \d+ patched: its values in another run, at positions 0/);
  const project = new URL(page.url()).searchParams.get('p') ?? ((await (await request.get('/api/v1/projects')).json()) as { projects: { id: string }[] }).projects[0]?.id;
  expect((await request.delete(`/api/v1/projects/${project ?? ''}/sets/${id}`)).ok()).toBe(true);
});

test('single neurons are selected with their values of the other run, also through the address', async ({ page }) => {
  await open(page, COMPARED);
  const sheet = page.getByRole('dialog', { name: 'Who made this word?' });
  const neurons = sheet.getByRole('group', { name: 'Single neurons and what each recovers' });
  const name = await neurons.locator('tbody th').first().textContent({ timeout: 120_000 }) ?? '';
  await neurons.getByRole('button', { name: `Mark ${name}` }).click();
  await sheet.getByRole('button', { name: 'Select these neurons, patched' }).click();
  await expect(sheet).toBeHidden();
  await expect(card(page, name)).toContainText('its values in another run, at the same positions of every sentence');
  await expect(page).toHaveURL(/~patch~/);
  const shown = await card(page, name).locator('.patched-values').textContent();
  await page.reload();
  await expect(card(page, name).locator('.patched-values')).toHaveText(shown ?? '');
  await card(page, name).getByLabel(`${name}, operation`).selectOption('zero');
  await expect(card(page, name).locator('.patched-values')).toHaveCount(0);
  await expect(page).not.toHaveURL(/~patch~/);
  await settled(page);
});
