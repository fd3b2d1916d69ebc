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

export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/test', '<rootDir>/web/src', '<rootDir>/bench'],
  testRegex: '\\.(spec|e2e)\\.ts$',
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/e2e/containers/'],
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
