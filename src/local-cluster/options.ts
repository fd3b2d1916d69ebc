import { parseArgs } from 'node:util';
import { parsePostgresUrl, withoutPassword } from '../config/postgres-url.js';

/** How many of each role `npm start` runs: the one place that says so. */
export const DEFAULTS = { catalogs: 3, orders: 2, frontEnds: 2, basePort: 5000, dataFolder: 'data' } as const;
/** Ports of a role are in a row, from base, base + 10 and base + 20. */
export const MOST_OF_A_ROLE = 10;

const ENGINES = ['sqlite', 'postgres'] as const;
/** A file for each catalog, or one PostgreSQL for all, which is started along with them. */
type Engine = (typeof ENGINES)[number];

export interface LocalClusterOptions {
  readonly catalogs: number;
  readonly orders: number;
  readonly frontEnds: number;
  readonly basePort: number;
  readonly dataFolder: string;
  readonly engine: Engine;
  /** Of a PostgreSQL that is there already and that all catalogs share. */
  readonly databaseUrl: string | null;
  /** Forget the books and orders of earlier runs. */
  readonly fresh: boolean;
}

export type ParsedOptions =
  | { readonly kind: 'run'; readonly options: LocalClusterOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'mistake'; readonly message: string };

export const HELP = `A whole bookstore on this machine, each role a process of its own.

npm start -- [options]

  --catalogs N      catalog replicas (${DEFAULTS.catalogs})
  --orders N        order servers (${DEFAULTS.orders})
  --front-ends N    front-ends (${DEFAULTS.frontEnds})
  --base-port PORT  front-ends listen from PORT on, order servers from PORT + 10, catalogs from PORT + 20 (${DEFAULTS.basePort})
  --data FOLDER     where the books and orders are kept (${DEFAULTS.dataFolder})
  --engine NAME     sqlite: a file for each catalog, or postgres: one PostgreSQL for all, started with them in FOLDER (sqlite)
  --database-url URL  a PostgreSQL that is there already, for all catalogs (docs/operation/postgres.md)
  --fresh           start with the first seven books, forgetting what FOLDER holds
  --help            this text

Other settings, such as LOG_LEVEL or LEASE_MS, are taken from the environment; .env.example lists them.`;

export function parseOptions(args: readonly string[]): ParsedOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        catalogs: { type: 'string', default: String(DEFAULTS.catalogs) },
        orders: { type: 'string', default: String(DEFAULTS.orders) },
        'front-ends': { type: 'string', default: String(DEFAULTS.frontEnds) },
        'base-port': { type: 'string', default: String(DEFAULTS.basePort) },
        data: { type: 'string', default: DEFAULTS.dataFolder },
        engine: { type: 'string', default: 'sqlite' },
        'database-url': { type: 'string' },
        fresh: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return { kind: 'help' };
    if (values.data.trim() === '') throw new Error('--data: got "", takes the name of a folder');
    const options = {
      catalogs: wholeNumber('catalogs', values.catalogs, 1, MOST_OF_A_ROLE),
      orders: wholeNumber('orders', values.orders, 1, MOST_OF_A_ROLE),
      frontEnds: wholeNumber('front-ends', values['front-ends'], 1, MOST_OF_A_ROLE),
      basePort: wholeNumber('base-port', values['base-port'], 1, 65_535 - 3 * MOST_OF_A_ROLE),
      dataFolder: values.data,
      engine: engineNamed(values.engine, values['database-url']),
      databaseUrl: databaseUrl(values['database-url'], values.fresh),
      fresh: values.fresh,
    };
    return { kind: 'run', options };
  } catch (error) {
    return { kind: 'mistake', message: error instanceof Error ? error.message : String(error) };
  }
}

function engineNamed(name: string, url: string | undefined): Engine {
  const engine = ENGINES.find((each) => each === name);
  if (engine === undefined) throw new Error(`--engine: got "${name}", takes one of ${ENGINES.join(', ')}`);
  if (engine === 'postgres' && url !== undefined)
    throw new Error(
      '--engine postgres starts a PostgreSQL, --database-url names one that is there: take one of them',
    );
  return engine;
}

function databaseUrl(text: string | undefined, fresh: boolean): string | null {
  if (text === undefined) return null;
  if (parsePostgresUrl(text) === null) {
    throw new Error(
      `--database-url: got "${withoutPassword(text)}", takes postgres://USER:PASSWORD@HOST[:PORT][,HOST…]/DATABASE`,
    );
  }
  if (fresh) throw new Error('--fresh removes files: with --database-url, name an empty database');
  return text;
}

function wholeNumber(name: string, text: string, min: number, max: number): number {
  const number = /^\d{1,6}$/.test(text) ? Number(text) : NaN;
  if (!(number >= min && number <= max)) {
    throw new Error(`--${name}: got "${text}", takes a whole number from ${min} to ${max}`);
  }
  return number;
}
