import type { Page } from '@playwright/test';
import { accessible, expect, find, focus, LOOKED, open, pane, test } from './page';
import { named } from './server';

function tree(page: Page) {
  return pane(page, 'rankings').getByRole('tree');
}

function sheet(page: Page) {
  return page.getByRole('dialog');
}

/** Ask for a quick ranking by labels and wait until it is shown. */
async function rankByCase(page: Page, analysis: string): Promise<void> {
  await page.getByRole('button', { name: 'New ranking' }).click();
  const form = sheet(page);
  await form.getByLabel('analysis', { exact: true }).selectOption({ label: analysis });
  await form.getByLabel('label', { exact: true }).selectOption({ label: 'Capital letters' });
  await expect(form.locator('[data-role="labelled"]')).toContainText('words have a label');
  for (const name of ['UPPER', 'miXed', 'none']) {
    await form.getByRole('list', { name: 'Classes' }).getByRole('checkbox', { name: new RegExp(`^${name}`) }).uncheck();
  }
  await form.getByRole('button', { name: 'Make the ranking' }).click();
  await expect(page).toHaveURL(/[?&]rk=\w+/, { timeout: 120_000 });
  await expect(pane(page, 'neurons').getByRole('grid')).toHaveAttribute('aria-label', `Neurons by ${analysis}`, { timeout: 400_000 });
}

test('a ranking by labels: asked for, made, seen by label, reloaded, looked into, removed', async ({ page }) => {
  test.setTimeout(600_000); // A worker process has to start, and a machine may be busy.
  await open(page);
  await rankByCase(page, 'Probeless');
  const items = tree(page).getByRole('treeitem');
  await expect(tree(page).locator('[aria-selected="true"]')).toContainText(['Probeless']);
  await items.filter({ hasText: /^lower$/ }).click();
  await expect(page).toHaveURL(/[?&]lb=lower/);
  const list = pane(page, 'neurons').getByRole('grid');
  await expect(list).toHaveAttribute('aria-label', 'Neurons by Probeless: lower');
  const first = list.locator('[aria-rowindex="1"] .address');
  await list.focus();
  await page.keyboard.press('Home');
  const best = (await first.innerText()).replace(/\s/g, '');
  await expect(focus(page)).toHaveText(best);
  await expect(page).toHaveURL(/[?&]n=/);
  await page.reload();
  await expect(list).toHaveAttribute('aria-label', 'Neurons by Probeless: lower');
  await expect(focus(page)).toHaveText(best);

  await pane(page, 'rankings').getByRole('button', { name: 'Details' }).click();
  await expect(sheet(page)).toContainText('signature ranking:probeless');
  await expect(sheet(page)).toContainText('labels:capitalisation');
  await page.keyboard.press('Escape');
  await expect(sheet(page)).toHaveCount(0);

  await pane(page, 'rankings').getByRole('button', { name: 'Remove' }).click();
  await expect(items.filter({ hasText: 'Probeless capitalisation' })).toHaveCount(0);
  await expect(page).not.toHaveURL(/[?&]rk=/);
});

test('a ranking of the form that its analysis gives by itself is shown as that analysis', async ({ page }) => {
  await open(page);
  await page.getByRole('button', { name: 'New ranking' }).click();
  const form = sheet(page);
  await form.getByLabel('analysis', { exact: true }).selectOption({ label: 'Variance explained by position' });
  await form.getByLabel('layers', { exact: true }).selectOption('encoder.1.rnn_hidden');
  await form.getByRole('button', { name: 'Make the ranking' }).click();
  await expect(tree(page).locator('[aria-selected="true"]')).toHaveText('Variance explained by position');
  await expect(pane(page, 'neurons').getByRole('grid')).toHaveAttribute('aria-label', 'Neurons by Variance explained by position');
  await expect(page.locator('select.layers')).toHaveValue('encoder.1.rnn_hidden');
  await pane(page, 'rankings').getByRole('button', { name: 'Details' }).click();
  await expect(sheet(page)).toContainText('By chance');
  await expect(sheet(page)).toContainText(/encoder\s*0\.0\d+/);
});

test('how stable a ranking is under resampled sentences', async ({ page }) => {
  test.setTimeout(600_000);
  await open(page, 'v=1&sh=details');
  const stability = sheet(page).locator('[data-role="stability"]');
  await stability.getByRole('button', { name: 'How stable is it?' }).click();
  await expect(stability).toContainText(/\d+ % of the first \d+ neurons stay on average/, { timeout: 400_000 });
  await page.reload();
  await expect(stability).toContainText('neurons stay on average');
});

test('the form asks for what an analysis needs and says what is missing', async ({ page }) => {
  await open(page, 'v=1&sh=new');
  const form = sheet(page);
  await form.getByLabel('analysis', { exact: true }).selectOption({ label: 'Correlation with another model (MaxCorr)' });
  await expect(form).toContainText('Bau et al. 2019');
  const models = form.getByRole('list', { name: 'Other models' }).getByRole('checkbox');
  for (const box of await models.all()) await box.uncheck();
  await expect(form.getByRole('status').filter({ hasText: 'at least one other model' })).toBeVisible();
  await expect(form.getByRole('button', { name: 'Make the ranking' })).toBeDisabled();
  await form.getByLabel('analysis', { exact: true }).selectOption({ label: 'Mutual information' });
  await expect(form.getByLabel('bins')).toHaveValue(/\d+/);
  await form.getByLabel('label', { exact: true }).selectOption({ label: 'Regular expression' });
  await form.getByLabel('pattern').fill('(a');
  await expect(form.getByRole('alert')).toContainText('cannot be read');
  await form.getByLabel('pattern').fill('ing$');
  await expect(form.getByRole('list', { name: 'Classes' })).toContainText('match');
  await expect(form.getByRole('button', { name: 'Make the ranking' })).toBeEnabled();
  await page.keyboard.press('Escape');
  await expect(sheet(page)).toHaveCount(0);
  await expect(page).not.toHaveURL(/sh=/);
});

test('a form that is half filled in survives a reload', async ({ page }) => {
  await open(page, 'v=1&sh=new');
  const form = sheet(page);
  await form.getByLabel('analysis', { exact: true }).selectOption({ label: 'Mutual information' });
  await form.getByLabel('label', { exact: true }).selectOption({ label: 'Capital letters' });
  await form.getByRole('list', { name: 'Classes' }).getByRole('checkbox', { name: /^UPPER/ }).uncheck();
  await form.getByLabel('bins').fill('7');
  await form.getByLabel('bins').press('Tab');
  await expect(page).toHaveURL(/rank\.method/);
  await page.reload();
  await expect(form.getByLabel('analysis', { exact: true })).toHaveValue('mutual_information');
  await expect(form.getByLabel('label', { exact: true }).locator('option:checked')).toHaveText('Capital letters');
  await expect(form.getByRole('list', { name: 'Classes' }).getByRole('checkbox', { name: /^UPPER/ })).not.toBeChecked();
  await expect(form.getByLabel('bins')).toHaveValue('7');
});

test('the tree and the list with the keyboard', async ({ page }) => {
  await open(page);
  const items = tree(page).getByRole('treeitem');
  await items.filter({ hasText: 'Variance' }).first().focus();
  await page.keyboard.press('Home');
  await expect(items.first()).toBeFocused();
  await expect(items.first()).toHaveAttribute('aria-expanded', 'true');
  // Not the number of all: rankings that were made may come a moment later.
  const inside = items.filter({ hasText: /^Kurtosis$/ });
  await expect(inside).toHaveCount(1);
  await page.keyboard.press('ArrowLeft');
  await expect(items.first()).toHaveAttribute('aria-expanded', 'false');
  await expect(inside).toHaveCount(0);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(tree(page).locator('[aria-selected="true"]')).toBeFocused();
  const list = pane(page, 'neurons').getByRole('grid');
  const all = Number(await list.getAttribute('aria-rowcount'));
  await page.getByLabel('Layer that the list is limited to').selectOption({ index: 1 });
  await expect(list).not.toHaveAttribute('aria-rowcount', String(all));
  const layer = await page.getByLabel('Layer that the list is limited to').inputValue();
  await page.getByLabel('Order of the list').selectOption('address');
  await list.focus();
  await page.keyboard.press('Home');
  await expect(focus(page)).toHaveText(`${layer}[0]`);
  await page.keyboard.press('ArrowDown');
  await expect(focus(page)).toHaveText(`${layer}[1]`);
  await expect(page).toHaveURL(/[?&]so=address/);
});

test('rankings side by side, with a scatter that leads to the neurons', async ({ page, request }) => {
  const { projects } = (await (await request.get('/api/v1/projects')).json()) as { projects: { id: string }[] };
  const id = projects[0]?.id ?? '';
  const { default_model: model } = (await (await request.get(`/api/v1/projects/${id}`)).json()) as { default_model: string };
  const keys: string[] = [];
  for (const method of ['variance', 'kurtosis', 'range']) {
    const made = (await (await request.post(`/api/v1/projects/${id}/rankings`, { data: { model, method } })).json()) as { id: string };
    keys.push(`cmp=${made.id}`);
  }
  await open(page, `v=1&sh=compare&${keys.join('&')}`);
  const found = sheet(page).locator('[data-role="agreement"]');
  await expect(found.getByRole('group', { name: 'Overlap' }).locator('tbody tr')).toHaveCount(3);
  await expect(found).toContainText('100 %');
  await expect(found).toContainText('Fan et al. 2023');
  await sheet(page).getByLabel('How many neurons count as the first').fill('20');
  await page.keyboard.press('Tab');
  await expect(found).toContainText('Overlap of the first 20 neurons');
  await found.getByLabel('Ranking down').selectOption('2');
  await expect.poll(() => page.url()).toContain('cp=0.2');
  await page.reload();
  await expect(found).toContainText('Overlap of the first 20 neurons');
  await expect(found.getByLabel('Ranking down')).toHaveValue('2');
  const canvas = found.locator('canvas');
  await canvas.scrollIntoViewIfNeeded();
  const before = page.url();
  const box = await canvas.boundingBox();
  if (box === null) throw new Error('The scatter is not on the screen.');
  // Most neurons lie near the far corner: something is within reach there.
  await canvas.click({ position: { x: box.width * 0.9, y: box.height * 0.9 } });
  await expect(page).not.toHaveURL(before);
  await expect(found.locator('[data-role="told"]')).toContainText(/\]: \d/);
});

test('marked words lead to their neurons', async ({ page }) => {
  await open(page);
  await page.getByRole('button', { name: 'Mark words' }).click();
  const word = (sentence: number, at: number) => page.locator(`.line [data-h="c${sentence}|source|${at}"]`);
  await word(0, 0).click();
  await word(1, 0).click();
  await word(2, 0).click();
  const bar = page.locator('[data-role="mark-bar"]');
  await expect(bar).toContainText('3 words of the source marked');
  await expect(page.locator('.line [data-picked]')).toHaveCount(3);
  await word(1, 0).click();
  await expect(bar).toContainText('2 words');
  await word(1, 0).click();
  await bar.getByRole('button', { name: 'Find neurons' }).click();
  const list = pane(page, 'neurons').getByRole('grid');
  await expect(list).toHaveAttribute('aria-label', /Neurons by Marked words/);
  const best = (await list.locator('[aria-rowindex="1"] .address').innerText()).replace(/\s/g, '');
  await expect(focus(page)).toHaveText(best);
  // Words of the model's own translation are in no store.
  await page.locator('.line [data-h="c0|target|0"]').first().click();
  await expect(bar).toContainText('not recorded');
  await bar.getByRole('button', { name: 'Done' }).click();
  await expect(page.locator('[data-picked]')).toHaveCount(0);
});

test('neurons are named, with evidence', async ({ page, request }) => {
  test.setTimeout(600_000);
  await named(request, 'encoder');
  await open(page, `v=1&n=${LOOKED}`);
  const what = pane(page, 'neuron').locator('[data-role="what-is"]');
  await expect(what).toContainText('On held-out sentences');
  await expect(what).toContainText(/area under the curve 0\.\d\d/);
  await find(page, 'encoder.1.rnn_hidden[90]');
  await expect(what).toContainText(/position|third of the sentence|first word/);
});

test('a probe that is shown beside its control task', async ({ page }) => {
  const array = (name: string) => ({ $array: name });
  const details = {
    metric: 'accuracy', rows: { train: 100, validation: 20, test: 30 }, score: { train: 0.99, validation: 0.9, test: 0.875 },
    penalties: [{ l1: 0.01, l2: 0.01, loss: 1, error: 0, score: 0.5, nonzero: 0.25 }, { l1: 0.001, l2: 0.001, loss: 0.5, error: 0, score: 0.9, nonzero: 0.5 }],
    chosen: { l1: 0.001, l2: 0.001, ridge: 'squared' }, labels: ['NOUN', 'VERB'], recall: { NOUN: 0.9, VERB: 0.8, X: null }, confusion: array('confusion'),
    majority: { label: 'NOUN', test: 0.5 }, control: { train: 0.7, validation: 0.6, test: 0.625 }, selectivity: 0.25,
    keep: [{ percent: 10, neurons: 3, masked: { top: 0.8, random: 0.6, bottom: 0.5 }, retrained: { top: 0.85, random: 0.7, bottom: 0.6 } }],
    curve: { neurons: [1, 10, 100], top: [0.5, 0.8, 0.875], random: [0.5, 0.6, 0.875], bottom: [0.5, 0.5, 0.875] },
    minimal: { share: 0.95, target: 0.83, neurons: 12, tried: [{ neurons: 10 }, { neurons: 12 }] },
    salient: [{ mass: 0.25, neurons: 4, labels: { NOUN: 3, VERB: 2 }, layers: { 'encoder.0.rnn_hidden': 1, 'encoder.1.rnn_hidden': 3 } }], layers: { top: 3, neurons: { 'encoder.0.rnn_hidden': 2, 'encoder.1.rnn_hidden': 1 } },
  };
  const header = JSON.stringify({ arrays: [{ name: 'confusion', dtype: 'i4', shape: [2, 2], offset: 0 }], meta: { id: 'x', label: null, details } });
  const bytes = Buffer.byteLength(header);
  const padded = Buffer.concat([Buffer.from(header), Buffer.alloc((8 - ((8 + bytes) % 8)) % 8, ' ')]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(padded.length);
  const body = Buffer.concat([Buffer.from('NXB1'), length, padded, Buffer.from(Int32Array.from([14, 1, 3, 12]).buffer)]);
  await page.route('**/rankings/*/details*', (route) => route.fulfill({ body, contentType: 'application/octet-stream' }));
  await open(page, 'v=1&sh=details');
  const probe = sheet(page).locator('[data-role="probe"]');
  await expect(probe.getByRole('list', { name: 'Scores of the probe' })).toContainText('87.5 %');
  await expect(probe.getByRole('list', { name: 'Scores of the probe' })).toContainText('control task, test');
  await expect(probe.getByRole('list', { name: 'Scores of the probe' })).toContainText('25.0 %');
  await expect(probe).toContainText('12 neurons are enough for 95 % of it');
  await expect(probe).toContainText('; 10 are not.');
  await expect(probe).toContainText('X n/a (no test words)');
  await expect(probe.getByRole('group', { name: 'Neurons that hold shares of the weight' }).locator('tbody tr')).toHaveText([/all labels.*4/, /encoder\.0.*1/, /encoder\.1.*3/, /NOUN.*3/, /VERB.*2/]);
  await expect(probe.getByRole('group', { name: 'Confusion of labels' }).locator('tbody tr').first()).toContainText('14');
  await expect(probe.locator('.chart-line')).toHaveCount(3);
  await expect(probe.locator('.chosen-row')).toContainText('chosen');
});

test('a ranking that is gone says so, and the way on', async ({ page }) => {
  await page.goto('/?v=1&rk=nothere');
  await expect(pane(page, 'neurons').getByRole('alert')).toContainText('is gone from the server');
  await tree(page).getByRole('treeitem', { name: 'Kurtosis' }).click();
  await expect(pane(page, 'neurons').getByRole('grid')).toHaveAttribute('aria-label', 'Neurons by Kurtosis');
});

for (const scheme of ['light', 'dark'] as const) {
  for (const name of ['new', 'compare', 'details', 'layers']) {
    test(`axe finds nothing in the sheet ${name}, ${scheme}`, async ({ page }) => {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await open(page, `v=1&sh=${name}`);
      await expect(sheet(page)).toBeVisible();
      await accessible(page);
    });
  }
}

test('the head of the rankings says how many neurons at any width', async ({ page }) => {
  await open(page);
  const head = pane(page, 'rankings').locator('.pane-head');
  await expect(head.locator('.pane-note')).toContainText('neurons');
  for (const width of [1024, 1280, 1440, 1600, 1920]) {
    await page.setViewportSize({ width, height: 900 });
    const cut = await head.evaluate((h) => [h, ...h.querySelectorAll('*')].filter((e) => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0 && e.tagName !== 'SELECT').map((e) => `${e.className} ${e.scrollWidth} > ${e.clientWidth}`));
    expect(cut, `at ${width}`).toEqual([]);
  }
});
