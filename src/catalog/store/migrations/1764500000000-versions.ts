import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { type Entry } from '../../../core/replication/types.js';

const PAGE = 1_000;

interface BookRow {
  readonly id: number;
  readonly committed: number;
}
interface EntryRow {
  readonly sequence_number: number;
  readonly entry: string;
}

/** A book has a version, the number of the last entry that changed it: of those that are there it is read off their ledgers. */
export class Versions1764500000000 implements MigrationInterface {
  name = 'Versions1764500000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE book ADD COLUMN version integer NOT NULL DEFAULT -1');
    await queryRunner.query('UPDATE book SET version = min(committed, 0)');
    for (let last = -1; ;) {
      const books = (await queryRunner.query(
        `SELECT id, committed FROM book WHERE committed > 0 AND id > ? ORDER BY id LIMIT ${PAGE}`,
        [last],
      )) as BookRow[];
      for (const { id } of books) {
        await queryRunner.query('UPDATE book SET version = ? WHERE id = ?', [
          await version(queryRunner, id),
          id,
        ]);
        last = id;
      }
      if (books.length < PAGE) return;
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE book DROP COLUMN version');
  }
}

/** From the end: most often the last entry is it. A book whose every entry was a refusal is as it was created. */
async function version(queryRunner: QueryRunner, bookId: number): Promise<number> {
  for (let before = Number.MAX_SAFE_INTEGER; ;) {
    const [row] = (await queryRunner.query(
      'SELECT sequence_number, entry FROM entry WHERE book_id = ? AND sequence_number < ? ORDER BY sequence_number DESC LIMIT 1',
      [bookId, before],
    )) as EntryRow[];
    if (row === undefined) return 0;
    if (changed(JSON.parse(row.entry) as Entry)) return row.sequence_number;
    before = row.sequence_number;
  }
}

/** As it was when these entries were made. */
const CHANGES: ReadonlySet<string> = new Set(['created', 'edited', 'restocked', 'sold']);

function changed({ decided }: Entry): boolean {
  return decided.some(({ outcome }) => CHANGES.has(outcome.kind));
}
