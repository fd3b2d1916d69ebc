import base from './jest.config.js';

/** Tests in real containers: `npm run test:containers`. */
export default {
  ...base,
  roots: ['<rootDir>/test/e2e/containers'],
  testPathIgnorePatterns: ['/node_modules/'],
};
