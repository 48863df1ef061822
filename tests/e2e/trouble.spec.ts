import type { Route } from '@playwright/test';
import { baseline, card, expect, find, focus, LOOKED, open, pane, sentence, STRONG, test } from './page';

async function say(page: import('@playwright/test').Page, text: string): Promise<void> {
  await page.getByLabel('A sentence of your own').fill(text);
  await page.getByRole('button', { name: 'Translate', exact: true }).click();
}

test('an empty sentence is refused in words', async ({ page }) => {
  await open(page);
  await say(page, '   ');
  await expect(page.locator('#own-wrong')).toContainText('type an English sentence');
  await expect(pane(page, 'translations').locator('article')).toHaveCount(8);
});

test('ten thousand words are refused, and nothing else is lost', async ({ page }) => {
  await open(page);
  const clean = await baseline(page, 'c0').innerText();
  await say(page, 'word '.repeat(10_000));
  await expect(page.locator('#own-wrong')).toContainText('characters');
  await say(page, 'a b '.repeat(1500));
  await expect(sentence(page, 't0').getByRole('alert')).toContainText(/tokens/);
  await say(page, 'He left.');
  await expect(baseline(page, 't1')).not.toBeEmpty();
  expect(await baseline(page, 'c0').innerText()).toBe(clean);
  await expect(page.locator('.act-group[data-item="t1"] .v').first()).toBeVisible();
});

test('markup, other scripts and odd characters are only text', async ({ page }) => {
  await open(page);
  for (const text of ['<img src=x onerror="document.title=1">', 'مرحبا بالعالم', '\u{1f600} a\u0000b']) {
    await say(page, text);
  }
  await expect(sentence(page, 't0')).toContainText('<img src=x');
  await expect(page.locator('main img')).toHaveCount(0);
  expect(await page.title()).toBe('NeuroX');
  await expect(sentence(page, 't1')).toContainText('مرحبا');
  await expect(sentence(page, 't2').locator('[data-role="baseline"], [role="alert"]')).toHaveCount(1);
});

test('addresses that do not exist are answered with what does', async ({ page }) => {
  await open(page);
  const looked = await focus(page).innerText();
  const search = page.getByLabel('Find a neuron by its address');
  for (const [text, told] of [['nonsense', 'One looks like'], ['encoder.9.rnn_hidden[0]', 'has no layer'], ['encoder.1.rnn_hidden[99999]', 'units 0 to']] as const) {
    await search.fill(text);
    await search.press('Enter');
    await expect(page.locator('#neuron-wrong')).toContainText(told);
  }
  await expect(focus(page)).toHaveText(looked);
});

test('a value that is no number is not applied', async ({ page }) => {
  await open(page, `v=1&s=${STRONG}~set~0`);
  const box = page.getByLabel(`${STRONG}, number`);
  for (const text of ['NaN', 'Infinity', '1e9', 'abc']) {
    await box.fill(text);
    await box.press('Enter');
    await expect(card(page, STRONG).getByRole('alert')).toBeVisible();
  }
  await expect(card(page, STRONG)).not.toHaveClass(/\bon\b/);
  await box.press('Escape');
  await expect(box).toHaveValue('0');
});

/** As long as such a message gets; the button below it must be within reach all the same. */
const LONG = `The file ${'/a/long/folder'.repeat(30)}/zarr.json is damaged. Extract again.`;

test('an error stays in its pane, tells what to do, and goes when it is tried again', async ({ page }) => {
  let broken = true;
  await page.route('**/neurons/*', (route) =>
    broken
      ? route.fulfill({ status: 409, json: { status: 409, error: { code: 'store', message: LONG, where: 'demo/lstm-a', job: null } } })
      : route.fallback(),
  );
  await open(page, `v=1&n=${LOOKED}`);
  const alert = pane(page, 'neuron').getByRole('alert');
  await expect(alert).toContainText('zarr.json is damaged');
  await expect(alert).toContainText('demo/lstm-a');
  await expect(pane(page, 'neurons').locator('.neuron-row').first()).toBeVisible();
  await find(page, STRONG);
  await expect(alert).toBeVisible();
  broken = false;
  await alert.getByRole('button', { name: 'Record the activations again' }).click();
  await expect(alert).toHaveCount(0);
  await expect(pane(page, 'neuron').locator('.histogram')).toBeVisible();
});

test('not ready: the job is shown in place, and the pane fills when it is done', async ({ page }) => {
  const job = (state: string, done: number) => ({
    id: 'x1', kind: 'extract', title: 'Extract activations', project: 'demo', state, done, total: 100, unit: 'sentences',
    message: '', eta_seconds: 12, created: '2026-01-01T00:00:00Z', finished: null, result: null, error: null,
  });
  let ready = false;
  await page.route('**/neurons/*', (route) =>
    ready ? route.fallback() : route.fulfill({ status: 409, json: { status: 409, error: { code: 'not_ready', message: 'Not extracted yet.', where: null, job: 'x1' } } }),
  );
  await page.route('**/api/v1/jobs/x1', (route) => route.fulfill({ json: job('running', 40) }));
  await page.route('**/api/v1/jobs', (route) => route.fulfill({ json: { jobs: [ready ? job('done', 100) : job('running', 41)] } }));
  await open(page, `v=1&n=${LOOKED}`);
  await expect(pane(page, 'neuron').locator('progress')).toBeVisible();
  await expect(pane(page, 'neuron')).toContainText(/4\d of 100 sentences/);
  ready = true;
  await expect(pane(page, 'neuron').locator('.histogram')).toBeVisible();
});

test('a sheet that an address opens offers nothing to press before there is a project', async ({ page }) => {
  let answer: () => void = () => undefined;
  const held = new Promise<void>((then) => { answer = then; });
  await page.route('**/api/v1/projects/demo', async (route) => { await held; await route.fallback(); });
  await page.goto('/?v=1&sh=labels');
  const sheet = page.getByRole('dialog', { name: 'Labels from files' });
  await expect(sheet.getByRole('status', { name: 'Opening the project' })).toBeVisible();
  await expect(sheet.getByRole('button')).toHaveCount(1);
  answer();
  await expect(sheet.getByRole('button', { name: 'Add the labels' })).toBeVisible();
  await page.unroute('**/api/v1/projects/demo');
  await page.route('**/api/v1/projects/demo', (route) => route.fulfill({ status: 500, json: { status: 500, error: { code: 'internal', message: 'The project is damaged.', where: null, job: null } } }));
  await page.reload();
  await expect(sheet.getByRole('alert')).toContainText('The project is damaged.');
  await page.unroute('**/api/v1/projects/demo');
  await sheet.getByRole('button', { name: 'Try again' }).click();
  await expect(sheet.getByRole('button', { name: 'Add the labels' })).toBeVisible();
});

test('what takes long to record is begun by a click, with what it takes beside it, and all panes follow', async ({ page }) => {
  const job = (state: string) => ({
    id: 'x2', kind: 'extract', title: 'Record activations', project: 'demo', state, done: 10, total: 100, unit: 'sentences',
    message: '', eta_seconds: 12, created: '2026-01-01T00:00:00Z', finished: null, result: null, error: null,
  });
  let state: 'none' | 'running' | 'done' = 'none';
  const refuse = async (route: Route) => {
    if (state === 'done') return route.continue();
    const [code, where, id] = state === 'none' ? ['unrecorded', 'lstm-a', null] : ['not_ready', null, 'x2'];
    return route.fulfill({ status: 409, json: { status: 409, error: { code, message: 'Not recorded yet.', where, job: id } } });
  };
  await page.route('**/neurons/*', refuse);
  await page.route('**/api/v1/projects/demo/rankings', (route) => (route.request().method() === 'POST' ? refuse(route) : route.continue()));
  await page.route('**/projects/demo/extract', (route) => {
    state = 'running';
    return route.fulfill({ status: 202, json: job('running') });
  });
  await page.route('**/api/v1/jobs/x2', (route) => route.fulfill({ json: job(state) }));
  await page.route('**/api/v1/jobs', (route) => route.fulfill({ json: { jobs: state === 'none' ? [] : [job(state)] } }));
  await open(page, `v=1&n=${LOOKED}`);
  const neuron = pane(page, 'neuron');
  const neurons = pane(page, 'neurons');
  await expect(neuron).toContainText('The activations of LSTM A are not recorded yet');
  await expect(neuron.getByText(/^Recording takes about [\d.]+ MB and \d+ (s|min); [\d.]+ [MGT]B are free\.$/)).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('alert')).toHaveCount(0);
  await neuron.getByRole('button', { name: 'Record the activations' }).click();
  await expect(neuron.locator('progress')).toBeVisible();
  await expect(neurons.locator('progress')).toBeVisible();
  state = 'done';
  await expect(neuron.locator('.histogram')).toBeVisible();
  await expect(neurons.locator('.neuron-row').first()).toBeVisible();
});

test('the server goes away and comes back', async ({ page }) => {
  let down = false;
  const sockets: { close: () => Promise<void> }[] = [];
  await page.routeWebSocket(/socket\.io/, async (socket) => {
    if (down) {
      await socket.close();
      return;
    }
    const server = socket.connectToServer();
    server.onMessage((message) => {
      socket.send(message);
      // What a server says when the line is open.
      if (typeof message === 'string' && message.startsWith('40')) sockets.push(socket);
    });
  });
  await page.route('**/api/**', (route) => (down ? route.abort() : route.fallback()));
  await page.route('**/socket.io/**', (route) => (down ? route.abort() : route.fallback()));
  await open(page, `v=1&n=${LOOKED}`);
  await expect.poll(() => sockets.length).toBeGreaterThan(0);
  down = true;
  for (const socket of sockets) await socket.close();
  await expect(page.locator('.banner')).toContainText('The server is gone');
  await find(page, STRONG);
  await expect(pane(page, 'neuron').getByRole('alert')).toContainText('does not answer');
  await expect(baseline(page, 'c0')).not.toBeEmpty();
  down = false;
  await expect(page.locator('.banner')).toHaveCount(0, { timeout: 120_000 });
  await expect(pane(page, 'neuron').locator('.histogram')).toBeVisible();
});

test('an unknown sentence search says so and loses nothing', async ({ page }) => {
  await open(page);
  await page.getByLabel('Find sentences in the corpus').fill('zzzzqqqq');
  await expect(pane(page, 'translations')).toContainText('No sentence matches');
  await page.getByLabel('Find sentences in the corpus').fill('');
  await expect(pane(page, 'translations').locator('article')).toHaveCount(8);
});
