import { FIRST_OPERATION_KINDS, OPERATION_KINDS } from '../../contract/catalog-operations.js';
import { type MembersSeen } from '../../core/members/membership.js';
import { type Client } from './server.js';

/** Rows of members that are fenced are kept so long, for people to see. */
const KEPT = "interval '1 day'";

export interface MemberRow {
  readonly number: number;
  readonly key: string;
  readonly address: string;
  readonly fenced: boolean;
  readonly beats: number;
  readonly operations: readonly string[];
  /** It has a WEBHOOK_URL. */
  readonly delivers: boolean;
}

export interface Beat extends MembersSeen {
  readonly rows: readonly MemberRow[];
}

/** P4: from when this is committed the others' lists name it. The list's row is changed last of all: who joins or fences does so one by one. */
export async function join(
  client: Client,
  { key, address, delivers }: Pick<MemberRow, 'key' | 'address' | 'delivers'>,
): Promise<number> {
  const { rows } = await client.query<{ number: number }>(
    `WITH joined AS (INSERT INTO member (key, address, operations, delivers) VALUES ($1, $2, $3, $4) RETURNING number),
       beating AS (INSERT INTO beat SELECT number, 0 FROM joined),
       old AS (DELETE FROM member WHERE fenced AND since < now() - ${KEPT} RETURNING number),
       silent AS (DELETE FROM beat WHERE member IN (SELECT number FROM old)),
       listed AS (UPDATE membership SET version = version + 1)
     SELECT number FROM joined`,
    [key, address, OPERATION_KINDS, delivers],
  );
  const number = rows[0]?.number;
  if (number === undefined) throw new Error('The member got no number');
  return number;
}

/** P1: touches the own row and reads all members, in one statement. */
export async function beat(client: Client, number: number): Promise<Beat> {
  const { rows } = await client.query<MemberRow & { version: number }>({
    name: 'beat',
    text: `WITH touched AS (UPDATE beat SET beats = beats + 1 WHERE member = $1)
      SELECT number, key, address, fenced, operations, delivers, beats, version
      FROM membership, member JOIN beat ON beat.member = member.number
      WHERE NOT fenced OR since > now() - interval '10 minutes' ORDER BY number`,
    values: [number],
  });
  return { version: rows[0]?.version ?? 0, members: rows, rows };
}

/** P2: waits for what the member is writing; after this it can write nothing. */
export async function fence(client: Client, number: number): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(`SELECT pg_advisory_xact_lock(-${number})`);
    const { rowCount } = await client.query(
      'UPDATE member SET fenced = true, since = now() WHERE number = $1 AND NOT fenced',
      [number],
    );
    if (rowCount === 1) await client.query('UPDATE membership SET version = version + 1');
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** Whether all who would have to read what has this name (`OPERATION_KINDS`) understand it. */
export function allKnow(rows: readonly MemberRow[], name: string): boolean {
  if (FIRST_OPERATION_KINDS.includes(name)) return true;
  return rows.every(({ fenced, operations }) => fenced || operations.includes(name));
}
