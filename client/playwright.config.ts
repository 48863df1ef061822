import { defineConfig } from '@playwright/test';
import { existsSync, mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The first of so many ports in a row that nobody has; below those that outgoing connections get. */
async function freePorts(from: number, count: number): Promise<number> {
  for (let first = from; ; first += count) {
    const free = await Promise.all(
      Array.from({ length: count }, (_, i) => new Promise<boolean>((told) => {
        const trial = createServer();
        trial.once('error', () => { told(false); });
        trial.listen(first + i, '127.0.0.1', () => { trial.close(() => { told(true); }); });
      })),
    );
    if (free.every(Boolean)) return first;
  }
}

/**
 * Browser tests against the real server with the demo models.
 *
 * NEUROX_URL uses a server that runs already. Otherwise every worker of Playwright has a server to
 * itself, with a workspace of its own that is empty: the first minutes of a newcomer are part of the
 * test, and files of tests that run at the same time see nothing of each other's jobs, sets and
 * projects.
 */
const root = resolve(fileURLToPath(new URL('.', import.meta.url)), '..');
const given = process.env.NEUROX_URL;
const workers = given === undefined ? 2 : 1;
// Workers read this file again, so what is chosen here is handed on in the environment. Two
// checkouts may be tested at once: the ports come from the process.
process.env.NEUROX_E2E_PORT ??= String(await freePorts(20_000 + workers * (process.pid % 5_000), workers));
const addresses = Array.from({ length: workers }, (_, i) => `http://127.0.0.1:${Number(process.env.NEUROX_E2E_PORT) + i}`);
// A worker that takes the place of one whose test failed has the same number here, so the same server.
const baseURL = given ?? addresses[Number(process.env.TEST_PARALLEL_INDEX ?? 0)];
const own = join(root, '.venv/bin/neurox');
const neurox = existsSync(own) ? own : 'neurox';
if (given === undefined) process.env.NEUROX_E2E_WORKSPACE ??= mkdtempSync(join(tmpdir(), 'neurox-e2e-'));
const browsers = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const browser = browsers.find((path) => path !== undefined && existsSync(path));

export default defineConfig({
  testDir: join(root, 'tests/e2e'),
  outputDir: join(root, 'test-results'),
  workers,
  // Several times what is needed on a busy machine of two cores; only a failure takes as long.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  forbidOnly: true,
  reporter: [['list']],
  globalSetup: join(root, 'tests/e2e/setup.ts'),
  metadata: { addresses: given === undefined ? addresses : [given] },
  use: {
    baseURL,
    viewport: { width: 1440, height: 900 },
    colorScheme: 'light',
    trace: 'off',
    screenshot: 'only-on-failure',
    launchOptions: {
      ...(browser === undefined ? {} : { executablePath: browser }),
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    },
  },
  ...(given === undefined
    ? {
        webServer: addresses.map((address, i) => ({
          command: `"${neurox}" demo --no-browser --port ${new URL(address).port} --workspace "${join(process.env.NEUROX_E2E_WORKSPACE ?? '', String(i))}"`,
          cwd: root,
          url: `${address}/healthz`,
          timeout: 300_000,
          reuseExistingServer: false,
        })),
      }
    : {}),
});
