import { BookstoreInProcess } from '../support/in-process.js';
import { walkThrough } from '../support/original-walk.js';

describe('a bookstore with two front-ends', () => {
  let bookstore: BookstoreInProcess;
  beforeAll(async () => {
    bookstore = await BookstoreInProcess.start({ catalogs: 1, orders: 2, frontEnds: 2 });
  });
  afterAll(() => bookstore.stop());

  walkThrough((frontEnd) => bookstore.frontEnds[frontEnd]?.address ?? '');
});
