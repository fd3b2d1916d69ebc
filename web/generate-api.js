/**
 * Writes src/api/schema.d.ts from the front-end's own `/api-json`: `npm run generate:api`, after a build. With --check it changes nothing and
 * fails when the file is not what it would write. dist/ is needed, for the Swagger plugin runs when Nest builds.
 */
import { readFile, writeFile } from 'node:fs/promises';
import openapiTypescript, { astToString } from 'openapi-typescript';
import { format, resolveConfig } from 'prettier';

const { createApp } = await import('../dist/bootstrap.js');
const { parseConfig } = await import('../dist/config/index.js');

const TARGET = new URL('src/api/schema.d.ts', import.meta.url);
const NOTE =
  '/* eslint-disable */\n/** Generated from the front-end’s /api-json by `npm run generate:api`. */\n';

const config = parseConfig({
  ROLE: 'frontend',
  HOST: '127.0.0.1',
  PORT: '0',
  ADVERTISED_ADDRESS: 'http://127.0.0.1:9',
  CATALOG_ADDRESSES: 'http://127.0.0.1:9',
  ORDER_ADDRESSES: 'http://127.0.0.1:9',
  LOG_LEVEL: 'silent',
});
const app = await createApp(config);
await app.init();
const document = (await app.inject({ url: '/api-json' })).json();
const types = NOTE + astToString(await openapiTypescript(document));
const text = await format(types, { ...(await resolveConfig(TARGET.pathname)), parser: 'typescript' });

if (!process.argv.includes('--check')) await writeFile(TARGET, text);
else if ((await readFile(TARGET, 'utf8')) !== text) {
  console.error('web/src/api/schema.d.ts is not what /api-json says: run `npm run generate:api`');
  process.exitCode = 1;
}
await app.close();
