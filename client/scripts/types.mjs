/**
 * Generate client/src/api/schema.d.ts from the server's OpenAPI document.
 *
 *   npm run types              asks the checkout's own Python for the document
 *   npm run types -- FILE|URL  reads it from a file or from a running server
 *   npm run types -- --check   writes nothing; fails if the committed types are not these
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const target = resolve(root, 'client/src/api/schema.d.ts');

const DOCUMENT = 'import json; from neurox_server.app import document; print(json.dumps(document()))';

async function document(from) {
  if (from === undefined) {
    const own = resolve(root, '.venv/bin/python');
    const python = existsSync(own) ? own : 'python3';
    return execFileSync(python, ['-c', DOCUMENT], { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 });
  }
  if (/^https?:/.test(from)) return (await fetch(from)).text();
  return readFileSync(from, 'utf8');
}

const options = process.argv.slice(2);
const check = options.includes('--check');
const schema = JSON.parse(await document(options.find((option) => option !== '--check')));
const body = astToString(await openapiTS(schema, { alphabetize: true }));
const made = `/** Generated from the OpenAPI document by \`npm run types\`. Do not edit. */\n${body}`;
if (!check) writeFileSync(target, made);
else if (readFileSync(target, 'utf8') !== made) {
  process.stderr.write('client/src/api/schema.d.ts is not what the server publishes. Run: npm run types\n');
  process.exitCode = 1;
}
