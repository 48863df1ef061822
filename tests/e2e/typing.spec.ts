/** What is being typed when an answer of the server comes: a drawn field must not take it back. */
import type { Page } from '@playwright/test';
import { card, changed, expect, open, pane, settled, test } from './page';

const NEURON = 'encoder.1.rnn_hidden[3]';

/** Hold the answers to requests of a path back, from now until they are let go. */
async function held(page: Page, path: string): Promise<() => Promise<void>> {
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => { open = resolve; });
  await page.route(path, async (route) => {
    await gate;
    await route.fallback();
  });
  return async () => {
    const answered = page.waitForResponse(path);
    open();
    await (await answered).finished();
  };
}

test('a form of words that is typed while the one before is judged is kept, and taken', async ({ page }) => {
  await open(page, `v=1&t=${encodeURIComponent('He left the house.')}&i=t0&n=${NEURON}&s=${NEURON}~set~-60~raw~output~all~on`);
  await settled(page);
  const chosen = card(page, NEURON);
  await chosen.getByLabel(`${NEURON}, where`).selectOption('form');
  const form = chosen.getByLabel(`${NEURON}, regular expression of the word`);
  const answer = await held(page, '**/scopes');
  await form.fill('.*');
  await form.press('Enter');
  // Until the form is judged nothing is changed, and the page does not say that it is done.
  await expect(changed(page, 't0')).toHaveClass('behind');
  await form.fill('(');
  await answer();
  await expect(form).toHaveAccessibleDescription(/^\d+ words in/);
  await settled(page);
  await expect(changed(page, 't0')).not.toContainText('same');
  await expect(form).toHaveValue('(');
  await form.press('Enter');
  await expect(form).toHaveAccessibleDescription(/'\(' is not a regular expression/);
  // What was typed and is what holds already is not kept for later.
  await form.fill(' ( ');
  await form.press('Enter');
  await expect(form).toHaveValue('(');
  // Nor does what is half typed undo the choice that takes its field away.
  await form.fill('half');
  const where = chosen.getByLabel(`${NEURON}, where`);
  await where.selectOption('words');
  await expect(chosen.getByLabel(`${NEURON}, words`)).toHaveValue('');
  await expect(where).toHaveValue('words');
});

test('a number that is typed while labels arrive is kept, and taken', async ({ page }) => {
  await open(page, 'v=1&sh=new');
  const sheet = page.getByRole('dialog', { name: 'New ranking' });
  await sheet.getByLabel('analysis', { exact: true }).selectOption('probe');
  const answer = await held(page, '**/labels');
  await sheet.getByLabel('label', { exact: true }).selectOption({ label: 'Capital letters' });
  const smallest = sheet.getByLabel('smallest class');
  await smallest.fill('7');
  await answer();
  await settled(page);
  await expect(smallest).toHaveValue('7');
  await smallest.press('Tab');
  await expect(smallest).toHaveValue('7');
  await smallest.fill('');
  await smallest.press('Tab');
  await expect(smallest).toHaveValue('7');
});

test('a number that is typed as it is does not hide what the slider stands at later', async ({ page }) => {
  await open(page, `v=1&n=${NEURON}&s=${NEURON}~set~-60~raw~output~all~on`);
  const chosen = card(page, NEURON);
  const box = chosen.getByLabel(`${NEURON}, number`);
  await box.fill('-60');
  await box.press('Enter');
  await chosen.getByLabel(`${NEURON}, unit`).selectOption('percentile');
  await expect(box).not.toHaveValue('-60');
  await expect(pane(page, 'selected').getByRole('alert')).toHaveCount(0);
});

test('a letter that is typed just when a search is sent is searched for, too', async ({ page }) => {
  await page.addInitScript(() => {
    const push = history.pushState.bind(history);
    history.pushState = (...step) => {
      push(...step);
      if (!String(step[2]).endsWith('q=ho')) return;
      // Before the next frame.
      setTimeout(() => {
        const field = document.querySelector<HTMLInputElement>('[aria-label="Find sentences in the corpus"]');
        if (field === null) return;
        field.value += 'u';
        field.dispatchEvent(new Event('input', { bubbles: true }));
      });
    };
  });
  await open(page);
  const field = page.getByLabel('Find sentences in the corpus');
  await field.fill('ho');
  await expect(page).toHaveURL(/q=hou$/);
  await expect(field).toHaveValue('hou');
});
