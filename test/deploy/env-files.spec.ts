import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { type Environment, parseConfig } from '../../src/config/index.js';
import { knownSettings } from './known-settings.js';

function environmentIn(file: string): Environment {
  const text = readFileSync(new URL(`../../docker/env/${file}`, import.meta.url), 'utf8');
  return Object.fromEntries(
    text
      .split('\n')
      .filter((line) => /^[A-Z]/.test(line))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

describe('docker/env', () => {
  it.each([
    ['catalog.env', 'catalog', 'catalog-2'],
    ['order.env', 'order', 'order-1'],
    ['front-end.env', 'frontend', '1f2e3d4c5b6a'],
  ])('%s is what the role takes', (file, role, hostname) => {
    const env = environmentIn(file);
    const machine = {
      hostname: () => hostname,
      readFile: (path: string) => `a-secret-of-32-characters-in${path}`,
    };
    const config = parseConfig({ ...env, NODE_ENV: 'production' }, machine);
    expect(config).toMatchObject({ role, warnings: [], advertisedAddress: `http://${hostname}:5000` });
    if (config.role === 'catalog') expect(config.addresses).toHaveLength(3);
    expect(Object.keys(env).filter((name) => !knownSettings.has(name))).toEqual([]);
  });
});
