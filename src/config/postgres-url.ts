export interface PostgresHost {
  readonly host: string;
  readonly port: number;
}

/** Where a PostgreSQL is, and who one is there. */
export interface PostgresDatabase {
  readonly kind: 'postgres';
  /** Tried in this order, until one takes writes. */
  readonly hosts: readonly PostgresHost[];
  readonly user: string;
  /** Null: none is given, and a server that trusts this user asks for none. */
  readonly password: string | null;
  readonly database: string;
  /** As libpq has it; `verify-full` alone makes sure who answers. */
  readonly tls: (typeof TLS)[number];
  /** Without the password: for people and logs. */
  readonly shown: string;
}

const TLS = ['disable', 'require', 'verify-full'] as const;
const DEFAULT_PORT = 5432;
const MOST_HOSTS = 9;
const URL_PARTS =
  /^postgres(?:ql)?:\/\/(?:([^:@/?#]+)(?::([^@/?#]*))?@)?([^/?#@]+)\/([^/?#]+)(?:\?([^#]*))?$/;
const HOST = /^(\[[\da-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?$/i;

/** What DATABASE_URL takes, for people. */
export const DATABASE_URL_TAKES =
  'sqlite:PATH, or postgres://USER:PASSWORD@HOST[:PORT][,HOST[:PORT]…]/DATABASE with sslmode=disable|require|verify-full and target_session_attrs=read-write after a ?';

/** Null: it is none. Characters of a name or password that mean something in a URL are written as %XX. */
export function parsePostgresUrl(text: string): PostgresDatabase | null {
  const [, user, password, hostList = '', database = '', query] = URL_PARTS.exec(text) ?? [];
  const hosts = hostList.split(',').map(hostIn);
  const tls = tlsIn(new URLSearchParams(query));
  // The server's protocol ends a text with this character.
  if (text.includes('%00')) return null;
  if (user === undefined || tls === null || hosts.length > MOST_HOSTS) return null;
  const known = hosts.filter((host) => host !== null);
  if (known.length < hosts.length) return null;
  try {
    const name = decodeURIComponent(database);
    const places = known.map(({ host, port }) => `${host}:${port}`).join(',');
    return {
      kind: 'postgres',
      hosts: known,
      user: decodeURIComponent(user),
      password: password === undefined ? null : decodeURIComponent(password),
      database: name,
      tls,
      shown: `PostgreSQL ${name} at ${places}`,
    };
  } catch {
    // A % that begins no character.
    return null;
  }
}

const SCHEME = /^\W*[a-z][a-z+]*:\/{0,2}/i;
/** Of a host's port, or of the port of each. */
const AFTER_HOST = /:(?!\d{1,5}(?:[,/?]|$)).*/s;

/** A DATABASE_URL for people, whatever it is: all that stands where a password may be is left out. */
export function withoutPassword(text: string): string {
  const [scheme = ''] = SCHEME.exec(text) ?? [];
  if (scheme === 'sqlite:') return text;
  const rest = text.slice(scheme.length);
  const at = rest.lastIndexOf('@');
  const shown = at < 0 ? rest.replace(AFTER_HOST, ':…') : `…${rest.slice(at)}`;
  return scheme + shown.replace(/((?:pass(?:word|wd)?|pwd)\W*=).*/is, '$1…');
}

function hostIn(text: string): PostgresHost | null {
  const [, host, digits] = HOST.exec(text) ?? [];
  const port = digits === undefined ? DEFAULT_PORT : Number(digits);
  if (host === undefined || port < 1 || port > 65_535) return null;
  return { host: host.replace(/^\[|\]$/g, ''), port };
}

/** Null: something is asked for that is not known here, or not done. */
function tlsIn(query: URLSearchParams): PostgresDatabase['tls'] | null {
  let tls: PostgresDatabase['tls'] = 'disable';
  for (const [name, value] of query) {
    if (name === 'sslmode') {
      const known = TLS.find((mode) => mode === value);
      if (known === undefined) return null;
      tls = known;
    } else if (name !== 'target_session_attrs' || value !== 'read-write') return null;
  }
  return tls;
}
