/** The page as a person sees it: its panes by name, and the few things that every test does. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as rest } from 'node:timers/promises';
import { expect, test as plain, type Locator, type Page } from '@playwright/test';

export { expect };

/** Longest delay of an answer of the server, and how many times slower the page's machine is: see CONTRIBUTING.md. */
const DELAY = Number(process.env.NEUROX_E2E_DELAY ?? 0);
const SLOWER = Number(process.env.NEUROX_E2E_SLOWER ?? 1);

/** Hold every answer of the server back, each for a time of its own, so that some overtake others. */
async function hold(page: Page): Promise<void> {
  await page.context().route('**/api/**', async (route) => {
    await rest(Math.random() * DELAY);
    await route.fallback();
  });
  await page.context().routeWebSocket(/socket\.io/, (socket) => {
    const server = socket.connectToServer();
    // One line keeps its order.
    let due = 0;
    server.onMessage((message) => {
      due = Math.max(due, performance.now() + Math.random() * DELAY);
      setTimeout(() => { socket.send(message); }, due - performance.now());
    });
  });
}

export const test = plain.extend({
  page: async ({ page }, use) => {
    if (DELAY > 0) await hold(page);
    if (SLOWER > 1) await (await page.context().newCDPSession(page)).send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
    await use(page);
    await page.context().unrouteAll({ behavior: 'ignoreErrors' });
  },
});

/** A neuron that feeds the words directly: a large value there changes any translation. */
export const STRONG = 'decoder.1.rnn_hidden[5]';
export const LOOKED = 'encoder.1.rnn_hidden[3]';

export function pane(page: Page, name: string): Locator {
  return page.locator(`[data-pane="${name}"]`);
}

/** Open the page and wait for translated sentences and painted words. */
export async function open(page: Page, query = ''): Promise<void> {
  await page.goto(`/${query === '' ? '' : `?${query}`}`);
  await expect(pane(page, 'translations').locator('[data-role="baseline"]').first()).not.toBeEmpty();
  await expect(page.locator('.tokens .v').first()).toBeVisible();
}

export function sentence(page: Page, key: string): Locator {
  return pane(page, 'translations').locator(`[data-item="${key}"]`);
}

export function baseline(page: Page, key: string): Locator {
  return sentence(page, key).locator('[data-role="baseline"]');
}

export function changed(page: Page, key: string): Locator {
  return sentence(page, key).locator('[data-role="changed"]');
}

export function card(page: Page, address: string): Locator {
  return pane(page, 'selected').locator(`.card[data-neuron="${address}"]`);
}

export function focus(page: Page): Locator {
  return page.locator('[data-role="focus"]');
}

/** Look at a neuron by its address, through the search. */
export async function find(page: Page, address: string): Promise<void> {
  await page.getByLabel('Find a neuron by its address').fill(address);
  await page.keyboard.press('Enter');
  await expect(focus(page)).toHaveText(address);
}

/** Select a neuron and put a value in its place. */
export async function setNeuron(page: Page, address: string, value: string): Promise<void> {
  await find(page, address);
  await pane(page, 'neuron').getByRole('button', { name: 'Select' }).click();
  const chosen = card(page, address);
  await chosen.getByLabel(`${address}, operation`).selectOption('set');
  const box = chosen.getByLabel(`${address}, number`);
  await box.fill(value);
  await box.press('Enter');
}

/** Wait until every text belongs to the setting on the page, in a part of it or everywhere, and nothing fades any more. */
export async function settled(page: Page, within = 'body'): Promise<void> {
  const part = page.locator(within);
  await expect(part.locator('.behind, .skeleton')).toHaveCount(0);
  await part.evaluate(async (e) => {
    const passing = e.getAnimations({ subtree: true }).filter((a) => Number.isFinite(a.effect?.getComputedTiming().endTime));
    await Promise.allSettled(passing.map((a) => a.finished));
  });
}

interface Violation {
  id: string;
  nodes: { target: unknown; html: string; failureSummary?: string }[];
}

// Evaluated by the browser's debugger, because the page's own policy runs no foreign script.
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Axe finds nothing wrong in a part of the page: the open sheet, unless another is named. */
export async function accessible(page: Page, within = 'dialog[open]'): Promise<void> {
  await settled(page, within);
  await page.evaluate(axe);
  const found = await page.evaluate(async ([selector, runOnly]) => {
    const run = (window as unknown as { axe: { run: (where: string, options: unknown) => Promise<{ violations: Violation[] }> } }).axe;
    return (await run.run(selector, { runOnly })).violations;
  }, [within, RULES] as const);
  expect(found.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => `${JSON.stringify(n.target)} ${n.html} ${n.failureSummary ?? ''}`).join('; ')}`)).toEqual([]);
}
