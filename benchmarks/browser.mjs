/**
 * What only a browser can measure. Called by slider.py and page.py; prints one line of JSON.
 *
 *   node benchmarks/browser.mjs slider URL MODEL NEURON TEXT EVENTS
 *   node benchmarks/browser.mjs paint URL TIMES
 *   node benchmarks/browser.mjs recolour URL MODEL TOKENS TIMES
 */
import { chromium } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import process from 'node:process';

/** The system's Chromium. */
function executable() {
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    try {
      return execFileSync('which', [name], { encoding: 'utf8' }).trim();
    } catch {
      // Not under this name.
    }
  }
  throw new Error('There is no Chromium on this machine.');
}

async function open(browser, url) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  page.on('pageerror', (error) => { throw error; });
  await page.goto(url, { waitUntil: 'load' });
  return page;
}

/** The view in the address: one model, one text of the user's own, no corpus sentence beside it. */
function address(url, fields) {
  const query = new URLSearchParams({ v: '1' });
  for (const [key, value] of fields) query.append(key, value);
  return `${url}?${query}`;
}

async function slider(browser, url, model, neuron, text, events) {
  const view = address(url, [
    ['m', model], ['n', neuron], ['s', `${neuron}~set~0~raw~output~all~on`], ['t', text], ['i', 't0'],
    ['q', 'no sentence of the corpus holds this'],
  ]);
  const page = await open(browser, view);
  // The server may still be loading the model.
  await page.waitForFunction(() => {
    const line = document.querySelector('[data-item="t0"] [data-role="changed"]');
    return line !== null && line.querySelector('.quiet') === null && !line.classList.contains('behind');
  }, null, { timeout: 120000 });
  await page.waitForTimeout(3000);
  return page.evaluate(async ({ count }) => {
    const input = document.querySelector('[data-neuron] input[type="range"]');
    const line = () => document.querySelector('[data-item="t0"] [data-role="changed"]');
    const [low, high] = [Number(input.min), Number(input.max)];
    const behind = () => line().classList.contains('behind');
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    /** The end of the frame in which the newest answer stands on the screen. */
    const settled = () => new Promise((resolve) => {
      let sent = behind();
      const look = () => {
        sent ||= behind();
        if (!sent || behind()) return;
        observer.disconnect();
        // Two callbacks: the first runs before this frame is painted, the message after it.
        requestAnimationFrame(() => {
          const channel = new MessageChannel();
          channel.port1.onmessage = () => { resolve(performance.now()); };
          channel.port2.postMessage(null);
        });
      };
      const observer = new MutationObserver(look);
      observer.observe(document.querySelector('[data-item="t0"]'), {
        subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ['class'],
      });
      look();
    });
    const milliseconds = [];
    let different = 0;
    for (let i = -5; i < count; i++) {
      await frame();
      const before = line().textContent;
      // A walk over the track that never stays where it was.
      input.value = String(low + (high - low) * (((i + 5) * 0.37) % 1));
      const began = performance.now();
      const done = settled();
      input.dispatchEvent(new Event('input', { bubbles: true }));
      const ended = await done;
      if (i < 0) continue;
      milliseconds.push(ended - began);
      if (line().textContent !== before) different++;
    }
    return { milliseconds, different };
  }, { count: Number(events) });
}

async function paint(browser, url, times) {
  const found = [];
  for (let i = 0; i < Number(times); i++) {
    const page = await open(browser, url); // a new context: nothing is cached
    await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0);
    found.push(await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0].startTime));
    await page.context().close();
  }
  return { milliseconds: found };
}

async function recolour(browser, url, model, tokens, times) {
  const project = await (await fetch(`${url}api/v1/projects/demo`)).json();
  const info = project.models.find((m) => m.name === model);
  const layers = info.layers.filter((l) => l.stack === 'encoder');
  const words = 'the old woman and the two small children did not see the man who stood near the house and '.repeat(4);
  const own = Array.from({ length: 17 }, (_, i) => ['t', `Sentence ${i}: ${words}left.`]);
  const select = (count) => Array.from({ length: count }, (_, i) => {
    const layer = layers[i % layers.length];
    return ['s', `${layer.address}[${Math.floor(i / layers.length) % layer.width}]`];
  });
  const show = async (count) => {
    const page = await open(browser, address(url, [['m', model], ['w', 'pieces'], ...select(count), ...own]));
    // The sentences of the corpus come after the user's own, and rows while they are fetched.
    await page.waitForFunction((texts) => {
      const rows = document.querySelectorAll('.act-row').length;
      return document.querySelectorAll('.act-group').length > texts
        && document.querySelectorAll('.tokens[data-n]').length === rows;
    }, own.length, { timeout: 120000 });
    const shown = await page.evaluate(async () => {
      let [last, since] = [0, performance.now()];
      while (performance.now() - since < 2000) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        const now = document.querySelectorAll('.tokens[data-n] > span').length;
        if (now !== last) [last, since] = [now, performance.now()];
      }
      return last;
    });
    const neurons = await page.evaluate(() => document.querySelectorAll('.act-row').length / document.querySelectorAll('.act-group').length);
    return { page, each: shown / neurons };
  };
  // So many neurons that there are about as many tokens as were asked for.
  const one = await show(1);
  await one.page.context().close();
  const { page } = await show(Math.min(60, Math.ceil((1.25 * Number(tokens)) / one.each)));
  await page.waitForTimeout(1500);
  return page.evaluate(async ({ count }) => {
    const choice = document.querySelector('select[aria-label="Scale of the colours"]');
    const cells = document.querySelectorAll('.tokens[data-n] > span');
    const last = cells[cells.length - 1];
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const [script, painted] = [[], []];
    let changed = 0;
    for (let i = -2; i < count; i++) {
      await frame();
      await frame();
      const before = Array.from(cells, (cell) => cell.className);
      const began = performance.now();
      choice.value = choice.value === 'z' ? 'raw' : 'z';
      choice.dispatchEvent(new Event('change', { bubbles: true }));
      await Promise.resolve();
      getComputedStyle(last).backgroundColor; // styles are computed before the clock is read
      const styled = performance.now() - began;
      const ended = await new Promise((resolve) => {
        requestAnimationFrame(() => {
          const channel = new MessageChannel();
          channel.port1.onmessage = () => { resolve(performance.now()); };
          channel.port2.postMessage(null);
        });
      });
      if (i < 0) continue;
      changed = Math.max(changed, before.filter((name, k) => name !== cells[k].className).length);
      script.push(styled);
      painted.push(ended - began);
    }
    return { tokens: cells.length, changed, script, painted };
  }, { count: Number(times) });
}

const [, , mode, ...rest] = process.argv;
const modes = { slider, paint, recolour };
const browser = await chromium.launch({ executablePath: executable(), args: ['--no-sandbox'] });
try {
  console.log(JSON.stringify(await modes[mode](browser, ...rest)));
} finally {
  await browser.close();
}
