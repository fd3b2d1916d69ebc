import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Entry } from '../../../core/replication/types.js';
import { type Connection, type Database, openDatabase } from '../database.js';
import { SqliteStore } from '../sqlite-store.js';
import { BookShelves } from './book-shelves.js';
import { TextScans } from './text-scans.js';
import { type Part, partOf, Vocabulary } from './vocabulary.js';

const BOOKS = 200;
/** Book n holds each of these whose number divides n, in its title or, every third book, in its author. */
const WORDS = { every: 1, second: 2, third: 3, seventh: 7, ninety: 90 } as const;
const FAR = 70_000;
const genesis: Entry = {
  sequenceNumber: 0,
  origin: { round: 1, replicaId: 'replica-a', startNumber: 1 },
  decided: [],
};

describe('TextScans', () => {
  let folder: string;
  let database: Database;
  let connection: Connection;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bazar-scans-'));
    const path = join(folder, 'catalog.sqlite');
    const store = await SqliteStore.open({
      path,
      onFailure: (error) => {
        throw error;
      },
    });
    const create = (id: number, title: string, author: string): void =>
      store.create(id, genesis, {
        title,
        author,
        topic: id % 2 === 0 ? 'Even' : 'Odd',
        priceCents: 1500,
        quantity: 3,
        isbn: null,
      });
    for (let id = 1; id <= BOOKS; id += 1) {
      const words = Object.entries(WORDS).flatMap(([word, step]) => (id % step === 0 ? [word] : []));
      create(id, id % 3 === 0 ? 'Book' : words.join(' '), id % 3 === 0 ? words.join(' ') : 'Nobody');
    }
    create(FAR, 'far seventh', 'Nobody');
    await store.close();
    database = await openDatabase(path);
    ({ connection } = database);
  });
  afterAll(async () => {
    await database.dataSource.destroy();
    rmSync(folder, { recursive: true });
  });

  const scans = (rareBooks: number, now?: () => number): TextScans =>
    new TextScans(connection, new BookShelves(connection), rareBooks, now);
  const partsFor = (text: string): Part[] => {
    const words = text.split(' ');
    return words.map((word, index) => {
      const part = new Vocabulary(connection).partFor(word, index === words.length - 1);
      if (part === null) throw new Error(`no book holds ${word}`);
      return part;
    });
  };

  it.each([
    ['second seventh', 14],
    ['seventh second third', 42],
    ['every seve', 7],
    ['ninety every', 90],
    ['second ninety', 90],
  ])('finds the books that hold "%s", by the index and by the books of a rare word alike', (text, step) => {
    const expected = Array.from({ length: Math.floor(BOOKS / step) }, (_, index) => step * (index + 1));
    for (const rareBooks of [0, 30, BOOKS])
      expect(scans(rareBooks).begin().ids(partsFor(text), null, 0, BOOKS)).toEqual(expected);
  });

  it('keeps to the topic, to what comes behind, and to the most', () => {
    const odd = new BookShelves(connection).topicIds('Odd');
    for (const rareBooks of [0, BOOKS]) {
      const scan = scans(rareBooks).begin();
      expect(scan.ids(partsFor('every seventh'), odd, 0, 3)).toEqual([7, 21, 35]);
      expect(scan.ids(partsFor('every seventh'), odd, 21, 2)).toEqual([35, 49]);
      expect(scan.ids(partsFor('seventh'), odd, 21, 2)).toEqual([35, 49]);
      expect(scan.ids(partsFor('seventh'), null, 189, 5)).toEqual([196, FAR]);
    }
  });

  it('finds a book that holds one of several words', () => {
    const either = partOf(['ninety', 'far']);
    for (const rareBooks of [0, 30, BOOKS])
      expect(
        scans(rareBooks)
          .begin()
          .ids([either, partOf(['seventh'])], null, 0, 9),
      ).toEqual([FAR]);
  });

  it('knows what many books hold', () => {
    const scan = scans(30).begin();
    expect(scan.isCommon(partOf(['second']))).toBe(true);
    expect(scan.isCommon(partOf(['ninety']))).toBe(false);
  });

  it('says that its time ran out before all books were looked at', () => {
    let time = 0;
    const inTime = scans(0, () => time).begin();
    expect(inTime.ids(partsFor('far seventh'), null, 0, 9)).toEqual([FAR]);
    expect(inTime.cutShort).toBe(false);
    const late = scans(0, () => (time += 1_000)).begin();
    expect(late.ids(partsFor('far seventh'), null, 0, 9)).toEqual([]);
    expect(late.cutShort).toBe(true);
  });
});
