import { expect, find, focus, LOOKED, open, pane, test } from './page';

test('a newcomer sees translations and a painted neuron, and nothing goes wrong', async ({ page }) => {
  const wrong: string[] = [];
  page.on('pageerror', (error) => wrong.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') wrong.push(message.text());
  });
  await open(page);
  await expect(pane(page, 'translations').locator('article')).toHaveCount(8);
  await expect(focus(page)).toHaveText(/^(encoder|decoder)\.\d+\.[a-z_]+\[\d+\]$/);
  await expect(pane(page, 'neuron').locator('.histogram svg')).toBeVisible();
  await expect(pane(page, 'activations').locator('.legend')).toContainText('\u22123 sd');
  await expect(page.locator('.top h1')).not.toBeEmpty();
  expect(wrong).toEqual([]);
});

test('rank, look, select, paint', async ({ page }) => {
  await open(page);
  const methods = pane(page, 'rankings').locator('.method');
  const second = methods.nth(Math.min(1, (await methods.count()) - 1));
  await second.click();
  const list = pane(page, 'neurons').getByRole('grid');
  await expect(list).toHaveAttribute('aria-label', new RegExp((await second.innerText()).trim(), 'i'));

  await list.focus();
  await page.keyboard.press('Home');
  const best = list.locator('[aria-rowindex="1"]');
  const address = (await best.locator('.address').innerText()).replace(/\s/g, '');
  await expect(focus(page)).toHaveText(address);
  await best.getByRole('button', { name: `Select ${address}` }).click();
  await find(page, LOOKED);
  const rows = page.locator('.act-group').first().locator('.act-row');
  await expect(rows).toHaveCount(2);
  for (const row of await rows.all()) await expect(row.locator('.v').first()).toBeVisible();
  await expect(pane(page, 'neuron').locator(`[data-neuron="${LOOKED}"]`)).toBeVisible();
});

test('ten thousand rows or not, only those on the screen exist', async ({ page }) => {
  await open(page);
  const list = pane(page, 'neurons').getByRole('grid');
  const all = Number(await list.getAttribute('aria-rowcount'));
  expect(all).toBeGreaterThan(100);
  expect(await list.locator('.neuron-row').count()).toBeLessThan(60);
  await list.focus();
  await page.keyboard.press('End');
  await expect(list.locator(`[aria-rowindex="${all}"]`)).toBeInViewport();
});

test('pointing at a word lights it everywhere and tells its value', async ({ page }) => {
  await open(page, `v=1&n=${LOOKED}`);
  const word = page.locator('.tokens .v').nth(1);
  await word.hover();
  const status = pane(page, 'activations').locator('.status-line');
  await expect(status).toContainText(LOOKED);
  await expect(status.locator('.value')).toHaveText(/[+\u2212]?\d/);
  await expect(page.locator('[data-lit]')).toHaveCount(2);
  await expect(page.locator('[data-role="here"]')).toHaveCount(1);
  await page.locator('.top').hover();
  await expect(page.locator('[data-lit]')).toHaveCount(0);
});

test('raw values, other colours and sub-words', async ({ page }) => {
  await open(page, `v=1&n=${LOOKED}`);
  const colour = () => page.locator('.legend-bar span').first().evaluate((e) => getComputedStyle(e).backgroundColor);
  const before = await colour();
  await page.getByLabel('Colours', { exact: true }).selectOption('puor');
  await expect.poll(colour).not.toBe(before);
  await page.getByLabel('Scale of the colours').selectOption('raw');
  await expect(page.locator('.legend')).not.toContainText('sd');
  const words = await page.locator('.tokens').first().locator('.v').count();
  await page.getByLabel('Words or sub-words').selectOption('pieces');
  await expect.poll(() => page.locator('.tokens').first().locator('.v').count()).toBeGreaterThan(words);
  await expect(page.locator('.tokens [data-special]').first()).toBeVisible();
});

test('a first word longer than the line is broken, not cut off', async ({ page }) => {
  await open(page);
  const long = 'x'.repeat(300);
  await page.getByRole('textbox', { name: /sentence/ }).first().fill(`${long} is long.`);
  await page.keyboard.press('Enter');
  const word = pane(page, 'translations').getByText(long).first();
  await expect(word).toBeVisible();
  const [inside, around] = await Promise.all([word.boundingBox(), pane(page, 'translations').boundingBox()]);
  expect((inside?.x ?? 0) + (inside?.width ?? 0)).toBeLessThanOrEqual((around?.x ?? 0) + (around?.width ?? 0));
});

test('colour takes no room: Arabic letters stay joined across painted pieces', async ({ page }) => {
  await open(page);
  const [plain, painted] = await page.evaluate(() => {
    const width = (parts: string[], classes: string[]) => {
      const row = document.createElement('div');
      row.className = 'tokens';
      row.dir = 'rtl';
      row.style.inlineSize = 'max-content';
      for (const [i, part] of parts.entries()) {
        const span = document.createElement('span');
        span.className = classes[i] ?? '';
        span.textContent = part;
        row.append(span);
      }
      document.querySelector('main')?.append(row);
      const { width: pixels } = row.getBoundingClientRect();
      row.remove();
      return pixels;
    };
    return [width(['\u0627\u0644\u0645\u0633\u062a\u0642\u0628\u0644'], ['']),
      width(['\u0627\u0644\u0645', '\u0633\u062a\u0642', '\u0628\u0644'], ['v p20', 'v n20', 'v p7'])];
  });
  expect(Math.abs((plain ?? 0) - (painted ?? 99))).toBeLessThan(0.5);
});

for (const width of [400, 768, 1024, 1440, 1920]) {
  test(`nothing spills over at ${width} pixels`, async ({ page }) => {
    await page.setViewportSize({ width, height: 800 });
    await open(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    const spilled = await page.evaluate(() =>
      [...document.querySelectorAll('.pane, .pane-head, .pane-foot, .top')]
        .filter((e) => e.scrollWidth > e.clientWidth + 1)
        .map((e) => e.className),
    );
    expect(spilled).toEqual([]);
  });
}

test('another model: what it lacks is let go and named, and the way back restores it', async ({ page, request }) => {
  const { projects } = (await (await request.get('/api/v1/projects')).json()) as { projects: { id: string }[] };
  const project = (await (await request.get(`/api/v1/projects/${projects[0]?.id ?? ''}`)).json()) as {
    models: { name: string; layers: { address: string }[] }[];
  };
  const layer = LOOKED.slice(0, LOOKED.indexOf('['));
  const other = project.models.find((m) => !m.layers.some((l) => l.address === layer));
  test.skip(other === undefined, 'every model has the same layers');
  await open(page, `v=1&n=${LOOKED}&s=${LOOKED}`);
  const before = await page.locator('article').first().innerText();
  await page.locator('.model-switch select').selectOption(other?.name ?? '');
  await expect(page.locator('.notice')).toContainText([LOOKED]);
  await expect(page.locator('.card')).toHaveCount(0);
  await expect(page.locator('.behind')).toHaveCount(0);
  await page.goBack();
  await expect(page.locator('.card')).toHaveCount(1);
  await expect(page.locator('article').first()).toHaveText(before.replace(/\s+/g, ' '), { useInnerText: true });
});
