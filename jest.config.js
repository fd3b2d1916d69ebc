import { SourceTextModule } from 'node:vm';

/** Jest as stack-wide ESM: TypeScript through ts-jest without type checks (tsc does those in `npm run check`). */
const toCommonJs = {
  diagnostics: false,
  tsconfig: {
    allowJs: true,
    module: 'commonjs',
    moduleResolution: 'node10',
    ignoreDeprecations: '6.0',
    target: 'ES2023',
  },
};

/**
 * CommonJS packages require() these two, which are ESM only. Where Node's vm can link and evaluate ESM in step (from 24.9 on), jest
 * does that by itself, and takes what is transformed for the ESM it was.
 */
const requiresEsm = typeof SourceTextModule?.prototype.hasAsyncGraph === 'function';
const ESM_ONLY = '(?!(?:.*/node_modules/)?(?:content-disposition|cookie)/)';

/**
 * `BAZAR_TEST_DATABASE=postgres npm test -- test/e2e` runs the bookstores of the tests on PostgreSQL (test/support/database.ts), but for suites that
 * are about something that is not there then: catalogs' files, or how catalogs with a file each agree.
 */
const ABOUT_FILES_AND_PEERS = [
  // Copies of a catalog's file.
  'backup',
  // Replicas of an own file each, and what they tell each other.
  'catalog-cluster',
  'catalog-durability',
  // What they compare: with one copy of each book there is nothing to compare.
  'observer',
  // The secret by which they know each other.
  'peer-secret',
  // Files and disks that are full, damaged, lost or replaced, and breaks between one catalog and another.
  'faults/(?:damaged-disk|full-disk|lost-files|replaced-files|black-hole|original-faults)',
  // A release before this one, over its files.
  'faults/rolling-restart',
  // What names its engine itself.
  'postgres/',
  'catalog-(?:calls|paths)',
  'start',
];
const onPostgres = process.env['BAZAR_TEST_DATABASE'] === 'postgres';

export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/test', '<rootDir>/web/src', '<rootDir>/bench'],
  testRegex: '\\.(spec|e2e)\\.ts$',
  testPathIgnorePatterns: [
    '/node_modules/',
    '<rootDir>/test/e2e/containers/',
    ...(onPostgres ? ABOUT_FILES_AND_PEERS.map((name) => `<rootDir>/test/e2e/${name}`) : []),
  ],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '\\.ts$': ['ts-jest', { useESM: true, diagnostics: false }],
    '\\.js$': ['ts-jest', toCommonJs],
  },
  transformIgnorePatterns: [`/node_modules/${requiresEsm ? '' : ESM_ONLY}`],
  // Tests of whole bookstores are many processes each: two files at a time would starve their leases on two cores.
  maxWorkers: 1,
  testTimeout: 120_000,
};
