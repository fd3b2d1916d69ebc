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
  // CommonJS packages require() these two, which are ESM only; below Node 24.9 jest cannot do that.
  transformIgnorePatterns: ['/node_modules/(?!(?:.*/node_modules/)?(?:content-disposition|cookie)/)'],
  // Tests of whole bookstores are many processes each: two files at a time would starve their leases on two cores.
  maxWorkers: 1,
  testTimeout: 120_000,
};
