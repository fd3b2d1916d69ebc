import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { countOfRules } from '../simulation/mutations.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PAGES = [
  ...[
    'README.md',
    'ARCHITECTURE.md',
    'CONTRIBUTING.md',
    'llms.txt',
    'docker/README.md',
    'deploy/kubernetes/README.md',
  ],
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];
const LINK = /\]\(([^)\s]+)\)/g;
const SCRIPT = /`npm run ([\w:-]+)/g;

const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

describe.each(PAGES)('%s', (page) => {
  const text = readFileSync(join(ROOT, page), 'utf8');

  test('links to files that are there', () => {
    const links = [...text.matchAll(LINK)].map(([, link = '']) => link.split('#')[0] ?? '');
    const files = links.filter((link) => link !== '' && !/^[a-z]+:/.test(link));
    expect(files.filter((file) => !existsSync(join(ROOT, dirname(page), file)))).toEqual([]);
  });

  test('names commands that there are', () => {
    const names = [...text.matchAll(SCRIPT)].map(([, name = '']) => name);
    expect(names.filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});

test('README.md says how many rules there are (npm run figures -- --only rules)', () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  expect(readme).toContain(`<!-- figure:rules -->${countOfRules()}<!-- /figure -->`);
});
