/** Curves of a model that does not translate: the score is its own, and its scale that of the score. */
import { accessible, expect, open, test } from './page';

const ID = 'c0ffee123456';
const BS = 'bs:300|seed:12345';

function point(ablated: number, value: number, order: number) {
  const metrics = { perplexity: { value, interval: value / 10, p_value: ablated === 0 ? 1 : 0.003 } };
  return { ablated, metrics, changed_sentences: ablated === 0 ? 0 : 9, sentences: 9, translations: `${ablated}${ablated === 0 ? 0 : order}`.padEnd(8, '0') };
}

function curve(direction: string, seed: number | null, values: number[]) {
  const area = Math.exp(values.reduce((sum, v) => sum + Math.log(v), 0) / values.length);
  return { direction, seed, points: values.map((v, i) => point(i * 4, v, ['top', 'bottom', 'random'].indexOf(direction))), areas: { perplexity: area } };
}

const JOB = {
  id: ID, kind: 'ablate', title: 'Ablate by variance: gpt2', project: 'demo', state: 'done', done: 9, total: 9, unit: 'points',
  message: '', eta_seconds: null, created: '2026-01-01T00:00:00+00:00', finished: '2026-01-01T00:00:09+00:00', error: null,
  result: {
    model: 'gpt2', task: 'language-modelling', corpus: 'text', ranking: 'variance', neurons: 8, operation: 'zero', scope: 'output', beams: 1,
    complete: true, signature: 'curve:variance|op:zero', random_bleu: [], random_chrf: [], bleu_signature: '', chrf_signature: '',
    metrics: [{ name: 'perplexity', signature: `metric:ppl|tokens:90|${BS}`, higher_is_better: false, logarithmic: true }],
    bands: { perplexity: [0, 4, 8].map((ablated, i) => ({ ablated, mean: 30 * 10 ** i, low: 25 * 10 ** i, high: 40 * 10 ** i })) },
    curves: [curve('top', null, [30, 900, 3000]), curve('bottom', null, [30, 40, 3000]), curve('random', 0, [30, 300, 3000])],
  },
};

test('a language model is drawn by its perplexity, lower being better, on a scale of logarithms', async ({ page }) => {
  await page.route(`**/api/v1/jobs/${ID}`, (route) => route.fulfill({ json: JOB }));
  await page.route('**/kept?*', (route) => route.fulfill({
    json: { total: 9, items: [{ sentence: 0, source: 'He left.', reference: '', translation: 'perplexity 812' }] },
  }));
  await open(page, `sh=ablate&ab=${ID}`);
  const sheet = page.getByRole('dialog', { name: 'Ablation curves' });
  await expect(sheet.locator('.curve-metric')).toHaveValue('perplexity');
  await expect(sheet.locator('.curve-metric')).toContainText('perplexity (lower is better)');
  await expect(sheet.locator('.curves figcaption')).toContainText('perplexity, on a scale of logarithms');
  await expect(sheet.locator('.ablation-table caption')).toContainText('the higher, the more these neurons mattered');
  await expect(sheet.locator('.ablation-table tbody td').first()).toHaveText('433');
  // Thirty, three hundred and three thousand are equally far apart, and intervals are there to be seen.
  const heights = await sheet.locator('.chart-band polyline').first().evaluate((line) => [...(line as SVGPolylineElement).points].map((p) => p.y));
  expect((heights[0] ?? 0) - (heights[1] ?? 0)).toBeCloseTo((heights[1] ?? 0) - (heights[2] ?? 0), 0);
  expect(await sheet.locator('.curves .interval').first().evaluate((line) => getComputedStyle(line).stroke)).not.toBe('none');
  // A point that the hand rests on is read, and the keyboard reaches those that lie under others.
  await sheet.locator('.curves circle').nth(1).hover({ force: true });
  await expect(sheet.locator('.kept dd')).toHaveText('perplexity 812');
  await expect(sheet.locator('h3')).toContainText('top first, 4 neurons');
  await expect(sheet.locator('.curves-reading')).toContainText('4 neurons, perplexity 900');
  const chart = sheet.getByRole('application');
  await chart.focus();
  await page.keyboard.press('ArrowDown');
  await expect(sheet.locator('.curves-reading')).toContainText('bottom first: 4 neurons, perplexity 40');
  await page.keyboard.press('ArrowDown');
  await expect(sheet.locator('h3')).toContainText('random 1, 4 neurons');
  await page.keyboard.press('ArrowLeft');
  await expect(sheet.locator('h3')).toContainText('Nothing ablated');
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/[?&]ap=c0ffee123456(%3A|:)82000000/);
  await accessible(page);
  await page.reload();
  await expect(sheet.locator('h3')).toContainText('8 neurons');
  await sheet.getByText('show', { exact: true }).click();
  await expect(sheet.locator('.signatures')).toContainText(BS);
});

test('while no point is read nothing is loaded, before points are there and after a cancel', async ({ page }) => {
  const begun = { ...JOB, state: 'running', done: 0, finished: null, result: null };
  const cancelled = { ...JOB, state: 'cancelled', done: 6, result: { ...JOB.result, complete: false } };
  let asked = 0;
  await page.route(`**/api/v1/jobs/${ID}`, (route) => {
    if (route.request().method() === 'DELETE') asked++;
    return route.fulfill({ json: asked > 0 ? cancelled : begun });
  });
  await open(page, `sh=ablate&ab=${ID}`);
  const sheet = page.getByRole('dialog', { name: 'Ablation curves' });
  const kept = sheet.getByRole('group', { name: 'What the model makes of the corpus' });
  await expect(sheet.locator('.curves')).toContainText('The first points are on their way.');
  await expect(kept).toHaveText(/^Point at the chart or at a row/);
  await sheet.getByRole('button', { name: 'Cancel' }).click();
  await expect(sheet.locator('.ablation-table tbody th')).toContainText('cancelled');
  await expect(sheet.locator('.curves circle').first()).toBeVisible();
  await expect(kept).toHaveText(/^Point at the chart or at a row/);
  await expect(sheet.locator('.skeleton')).toHaveCount(0);
});

test('what is filled in is kept by a reload, and what is wrong in it is said', async ({ page }) => {
  await open(page, 'sh=ablate');
  const sheet = page.getByRole('dialog', { name: 'Ablation curves' });
  const draw = sheet.getByRole('button', { name: 'Draw the curves' });
  await sheet.getByLabel('sentences').fill('nine');
  await expect(draw).toBeDisabled();
  await expect(sheet.locator('.wants')).toContainText('at least 10');
  await expect(sheet.getByLabel('sentences')).toHaveAttribute('aria-invalid', 'true');
  await expect(sheet.getByLabel('sentences')).toHaveAccessibleDescription(/at least 10/);
  await expect(sheet.getByLabel('up to')).toHaveAttribute('aria-invalid', 'false');
  await sheet.getByLabel('sentences').fill('40');
  await sheet.getByLabel('set to').selectOption('resample');
  await sheet.getByLabel('random (5 orders)').uncheck();
  await expect(page).toHaveURL(/ff=ablate\.directions~top,bottom&.*ff=ablate\.sentences~40/);
  await page.reload();
  await expect(sheet.getByLabel('sentences')).toHaveValue('40');
  await expect(sheet.getByLabel('set to')).toHaveValue('resample');
  await expect(sheet.getByLabel('random (5 orders)')).not.toBeChecked();
  await sheet.getByLabel('neurons of').selectOption('these');
  await expect(sheet.getByRole('button', { name: 'Ablate them' })).toBeDisabled();
  await expect(sheet.locator('.wants')).toContainText('No neuron is selected');
});
