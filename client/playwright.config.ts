import { defineConfig } from '@playwright/test';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Browser tests against the real server with the demo models.
 *
 * NEUROX_URL uses a server that runs already. Otherwise one is started, with a workspace of its own
 * that is empty, so that the first minutes of a newcomer are part of the test.
 */
const root = resolve(fileURLToPath(new URL('.', import.meta.url)), '..');
const given = process.env.NEUROX_URL;
// Workers read this file again, so what is chosen here is handed on in the environment. Two
// checkouts may be tested at once: the port comes from the process.
process.env.NEUROX_E2E_PORT ??= String(20_000 + (process.pid % 20_000));
const port = Number(process.env.NEUROX_E2E_PORT);
const own = join(root, '.venv/bin/neurox');
const neurox = existsSync(own) ? own : 'neurox';
if (given === undefined) process.env.NEUROX_E2E_WORKSPACE ??= mkdtempSync(join(tmpdir(), 'neurox-e2e-'));
const browsers = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const browser = browsers.find((path) => path !== undefined && existsSync(path));

export default defineConfig({
  testDir: join(root, 'tests/e2e'),
  outputDir: join(root, 'test-results'),
  workers: 1,
  timeout: 90_000,
  expect: { timeout: 20_000 },
  forbidOnly: true,
  reporter: [['list']],
  globalSetup: join(root, 'tests/e2e/setup.ts'),
  use: {
    baseURL: given ?? `http://127.0.0.1:${port}`,
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
        webServer: {
          command: `"${neurox}" demo --no-browser --port ${port} --workspace "${process.env.NEUROX_E2E_WORKSPACE ?? ''}"`,
          cwd: root,
          url: `http://127.0.0.1:${port}/healthz`,
          timeout: 300_000,
          reuseExistingServer: false,
        },
      }
    : {}),
});
