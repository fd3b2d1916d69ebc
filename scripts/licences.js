/** `npm run licences`: the licence of every package that a release brings, and how many have each. Fails on one that says none. */
import { readFileSync } from 'node:fs';

const root = new URL('..', import.meta.url);
const { packages } = JSON.parse(readFileSync(new URL('package-lock.json', root), 'utf8'));

const brought = Object.entries(packages).filter(
  ([path, { dev, link }]) => path !== '' && dev !== true && link !== true,
);
const byLicence = new Map();
for (const [path, { version, license = 'none stated' }] of brought) {
  const name = path.replace(/^.*node_modules\//, '');
  byLicence.set(license, [...(byLicence.get(license) ?? []), `${name}@${version}`]);
}
for (const [licence, names] of [...byLicence].sort((a, b) => b[1].length - a[1].length)) {
  console.log(`${licence} (${names.length})\n  ${names.sort().join('\n  ')}`);
}
if (byLicence.has('none stated')) process.exit(1);
