import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { changed, expect, LOOKED, open, STRONG, test } from './page';

interface Violation {
  id: string;
  nodes: { target: unknown; failureSummary?: string }[];
}

// Evaluated by the browser's debugger, because the page's own policy runs no foreign script.
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

for (const scheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the ${scheme} theme`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await open(page, `v=1&n=${LOOKED}&s=${LOOKED}&s=${STRONG}~set~40~raw~output~all~on&t=A+sentence+of+mine.`);
    await expect(changed(page, 'c0').locator('mark').first()).toBeVisible();
    await expect(page.locator('.behind')).toHaveCount(0);
    await page.evaluate(axe);
    const found = await page.evaluate(async () => {
      const { axe: runner } = window as unknown as {
        axe: { run: (context: Document, options: unknown) => Promise<{ violations: Violation[] }> };
      };
      return (await runner.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })).violations;
    });
    expect(found.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => `${JSON.stringify(n.target)} ${n.failureSummary ?? ''}`).join('; ')}`)).toEqual([]);
  });
}

test('the theme can be chosen by hand and is kept', async ({ page }) => {
  await open(page);
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.getByRole('button', { name: /Theme: as the system/ }).click();
  await page.getByRole('button', { name: /Theme: light/ }).click();
  await expect(page.getByRole('button', { name: /Theme: dark/ })).toBeVisible();
  await expect.poll(ground).not.toBe(light);
  await page.reload();
  await expect(page.getByRole('button', { name: /Theme: dark/ })).toBeVisible();
  await expect.poll(ground).not.toBe(light);
});
