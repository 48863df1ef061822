import { request, type FullConfig } from '@playwright/test';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AGAIN, done } from './server';

/** Wait until the corpus has been read by the default model; the tests look at its neurons. */
async function prepare(baseURL: string): Promise<void> {
  const api = await request.newContext({ baseURL });
  const { projects } = (await (await api.get('/api/v1/projects', AGAIN)).json()) as { projects: { id: string }[] };
  const id = projects[0]?.id ?? '';
  const project = (await (await api.get(`/api/v1/projects/${id}`, AGAIN)).json()) as { default_model: string };
  await done(api, `/api/v1/projects/${id}/extract`, { model: project.default_model });
  await api.dispose();
}

/** Prepare all servers at the same time. */
export default async function setup(config: FullConfig): Promise<() => void> {
  const { addresses } = config.metadata as { addresses: string[] };
  await Promise.all(addresses.map(prepare));
  return () => {
    const own = process.env.NEUROX_E2E_WORKSPACE;
    if (own?.startsWith(join(tmpdir(), 'neurox-e2e-')) !== true) return;
    // The servers are stopped after this function; until then they may write what would be in the way.
    process.on('exit', () => {
      try {
        rmSync(own, { recursive: true, force: true, maxRetries: 10, retryDelay: 300 });
      } catch (error) {
        process.stderr.write(`The workspace ${own} was left: ${String(error)}\n`);
      }
    });
  };
}
