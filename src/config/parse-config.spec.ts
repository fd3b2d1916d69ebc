import { Authority } from '../../test/support/certificates.js';
import 'reflect-metadata';
import { type CatalogConfig, ConfigError, type Environment, parseConfig } from './index.js';
import { DEVELOPMENT_SECRET, SHARED_SECRET } from './keys.js';

const SECRET = 'one-secret-of-32-characters-0000';
const OTHER = 'another-secret-of-32-characters!';
const keys = (...accepted: string[]) => ({ used: accepted[0], accepted });
const machine = {
  hostname: () => 'Shelf',
  readFile: (path: string) => {
    if (path === '/run/empty') return '\n';
    if (path !== '/run/secret') throw new Error('no such file');
    return `${SECRET}\n`;
  },
};
const parse = (env: Environment) => parseConfig(env, machine);
const mistakesOf = (env: Environment): readonly string[] => {
  try {
    parse(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  return [];
};
const frontend = {
  ROLE: 'frontend',
  CLUSTER_SECRET: SECRET,
  CATALOG_ADDRESSES: 'c1:5000',
  ORDER_ADDRESSES: 'o1:5000',
};

describe('parseConfig', () => {
  it('gives each role its defaults', () => {
    expect(parse({ ROLE: 'catalog', CLUSTER_SECRET: SECRET })).toEqual({
      role: 'catalog',
      host: '0.0.0.0',
      port: 5000,
      advertisedAddress: 'http://shelf:5000',
      connectTimeoutMs: 100,
      requestTimeoutMs: 1000,
      drainMs: 500,
      mostRequests: 2048,
      clusterKeys: keys(SECRET),
      peerKeys: keys(expect.stringMatching(/^[\w-]{43}$/) as string),
      logLevel: 'info',
      answerLogOneIn: 1000,
      production: false,
      metricsPort: null,
      tls: null,
      tlsFiles: {},
      tracing: null,
      warnings: [],
      database: { kind: 'sqlite', path: 'data/catalog.sqlite' },
      addresses: ['http://shelf:5000'],
      position: 0,
      writePolicy: 'majority',
      leaseMs: 500,
      webhook: null,
      backup: null,
    });
    expect(parse({ ROLE: 'order', CATALOG_ADDRESS: 'http://c1:5000/' })).toMatchObject({
      connectTimeoutMs: 150,
      requestTimeoutMs: 1500,
      catalogAddresses: ['http://c1:5000'],
    });
    expect(parse(frontend)).toMatchObject({
      connectTimeoutMs: 200,
      requestTimeoutMs: 2000,
      drainMs: 1000,
      catalogAddresses: ['http://c1:5000'],
      orderAddresses: ['http://o1:5000'],
      lookupCacheSize: 10_000,
      searchCacheSize: 1000,
      rateLimitPerSecond: 0,
      trustedProxies: [],
      observeEveryMs: null,
      adminToken: null,
    });
  });

  it('freezes what it gives, all the way down', () => {
    const config = parse({ ROLE: 'catalog' }) as CatalogConfig;
    expect([config, config.addresses, config.database, config.warnings].every(Object.isFrozen)).toBe(true);
  });

  it('knows every catalog, itself once, in the same order on each', () => {
    const lists = [
      ['b:5000', 'a:5000|c:5000'],
      ['a:5000', ' http://b:5000/ , c:5000,,'],
      ['c:5000', 'C:5000 | b:5000 | a:5000'],
    ].map(([own, others]) =>
      parse({ ROLE: 'catalog', ADVERTISED_ADDRESS: own, CATALOG_ADDRESSES: others, CLUSTER_SECRET: SECRET }),
    );
    const addresses = ['http://a:5000', 'http://b:5000', 'http://c:5000'];
    expect(lists).toMatchObject([
      { addresses, position: 1, writePolicy: 'majority' },
      { addresses, position: 0, writePolicy: 'majority' },
      { addresses, position: 2, writePolicy: 'majority' },
    ]);
  });

  it('says what two catalogs give up', () => {
    const two = { ROLE: 'catalog', CATALOG_ADDRESSES: 'b:5000', CLUSTER_SECRET: SECRET };
    expect(parse(two)).toMatchObject({
      writePolicy: 'reachable',
      warnings: [expect.stringContaining('oversold')],
    });
    expect(parse({ ...two, WRITE_POLICY: 'majority' })).toMatchObject({
      writePolicy: 'majority',
      warnings: [],
    });
  });

  it('delivers to an address with its secret, or not at all', () => {
    const catalog = { ROLE: 'catalog' };
    const WEBHOOK_SECRET = 'a-secret-of-the-webhook-and-of-nothing-else';
    const WEBHOOK_URL = 'https://shop.example/hooks/bazar?of=books';
    expect(
      parse({ ...catalog, WEBHOOK_URL, WEBHOOK_SECRET: `${WEBHOOK_SECRET},${WEBHOOK_SECRET}2` }),
    ).toMatchObject({
      webhook: { url: WEBHOOK_URL, secrets: [WEBHOOK_SECRET, `${WEBHOOK_SECRET}2`] },
    });
    expect(mistakesOf({ ...catalog, WEBHOOK_URL })[0]).toMatch(
      /^WEBHOOK_SECRET: missing, takes .*since WEBHOOK_URL is set$/,
    );
    expect(mistakesOf({ ...catalog, WEBHOOK_SECRET })[0]).toMatch(
      /^WEBHOOK_URL: missing, takes .*since WEBHOOK_SECRET is set$/,
    );
    const urls = [
      'shop.example/hook',
      'ftp://shop.example',
      'https://',
      '//shop.example',
      'https://me:sesame@shop.example',
      'http://shop.example/#part',
      'https://shop.example/\nhook',
    ];
    for (const url of urls) {
      const [mistake = ''] = mistakesOf({ ...catalog, WEBHOOK_URL: url, WEBHOOK_SECRET });
      expect(mistake).toMatch(/^WEBHOOK_URL: got ".*", takes an address like/);
      expect(mistake).not.toContain('sesame');
    }
    for (const secret of ['short', 'a'.repeat(40), 'a-secret-of-the-webhook\nand-of-nothing-else']) {
      expect(mistakesOf({ ...catalog, WEBHOOK_URL, WEBHOOK_SECRET: secret })[0]).toMatch(
        /^WEBHOOK_SECRET: got \d+ characters, takes at least 32/,
      );
    }
  });

  it('backs up as often as it is told, to where it is told', () => {
    const catalog = { ROLE: 'catalog', BACKUP_TO: '/backups' };
    expect(parse(catalog)).toMatchObject({ backup: null });
    expect(parse({ ...catalog, BACKUP_EVERY: '6h' })).toMatchObject({
      backup: { everyMs: 21_600_000, to: '/backups', keep: 7 },
    });
    expect(mistakesOf({ ROLE: 'catalog', BACKUP_EVERY: '1d' })).toEqual([
      'BACKUP_TO: missing, takes the folder of the backups, since BACKUP_EVERY is set',
    ]);
    for (const BACKUP_EVERY of ['6', '1w', '9s', '366d', 'h']) {
      expect(mistakesOf({ ...catalog, BACKUP_EVERY })).toEqual([
        `BACKUP_EVERY: got "${BACKUP_EVERY}", takes a length of time like 30m, 6h or 1d, from 10s to 365d`,
      ]);
    }
  });

  it('traces to where OpenTelemetry’s own variables say', () => {
    const catalog = { ROLE: 'catalog' };
    expect(
      parse({ ...catalog, OTEL_SERVICE_NAME: 'x', OTEL_TRACES_SAMPLER: 'always_on' }).tracing,
    ).toBeNull();
    const traced = { ...catalog, OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otlp.example/base/' };
    expect(parse(traced).tracing).toEqual({
      url: 'https://otlp.example/base/v1/traces',
      protocol: 'http/protobuf',
      headers: {},
      serviceName: 'bazar-catalog',
      instance: 'http://127.0.0.1:5000',
      sampler: 'parentbased_always_on',
      ratio: 1,
    });
    const OTEL_EXPORTER_OTLP_HEADERS = 'authorization=Basic%20a%2Cb==, x-scope = shop|1';
    expect(
      parse({
        ...traced,
        OTEL_SERVICE_NAME: 'till',
        OTEL_TRACES_SAMPLER_ARG: '.25',
        OTEL_EXPORTER_OTLP_HEADERS,
      }).tracing,
    ).toMatchObject({
      serviceName: 'till',
      ratio: 0.25,
      headers: { authorization: 'Basic a,b==', 'x-scope': 'shop|1' },
    });
    for (const headers of ['sesame', '=sesame', 'a=%zz', 'a b=sesame', 'a=b%0Asesame']) {
      expect(mistakesOf({ ...traced, OTEL_EXPORTER_OTLP_HEADERS: headers })).toEqual([
        `OTEL_EXPORTER_OTLP_HEADERS: got ${headers.length} characters, takes HTTP headers like name=value, separated by a comma`,
      ]);
    }
    for (const [name, value] of [
      ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
      ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://c:4318/?key=1'],
      ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'],
      ['OTEL_TRACES_SAMPLER', 'sometimes'],
      ['OTEL_TRACES_SAMPLER_ARG', '1.1'],
      ['OTEL_TRACES_SAMPLER_ARG', '-1'],
    ] as const)
      expect(mistakesOf({ ...traced, [name]: value })).toEqual([
        expect.stringMatching(`^${name}: got "${value.replace('?', '\\?')}", takes `),
      ]);
  });

  it('speaks TLS with files that do, to addresses that say so', () => {
    const files = { TLS_CERT_FILE: '/none', TLS_KEY_FILE: '/run/secret' };
    expect(mistakesOf({ ROLE: 'catalog', ...files })).toEqual([
      'TLS_CERT_FILE: got "/none", takes a file that can be read (no such file)',
    ]);
    expect(mistakesOf({ ROLE: 'catalog', TLS_CA_FILE: '/run/secret' })).toEqual([
      'TLS_CERT_FILE: missing, takes a file with the certificate of this process, since TLS is wanted',
    ]);
    const authority = new Authority();
    try {
      const env = { ROLE: 'catalog', ...authority.issue('catalog').settings };
      expect(parseConfig(env)).toMatchObject({
        advertisedAddress: 'https://127.0.0.1:5000',
        tls: { ca: authority.ca },
      });
      expect(() => parseConfig({ ...env, ADVERTISED_ADDRESS: 'http://127.0.0.1:5000' })).toThrow(
        'ADVERTISED_ADDRESS: got "http://127.0.0.1:5000", takes an address that begins with https:',
      );
    } finally {
      authority.remove();
    }
  });

  it('takes secrets from files, and a variable before its file', () => {
    const inFile = { ROLE: 'catalog', CLUSTER_SECRET_FILE: '/run/secret' };
    expect(parse(inFile).clusterKeys).toEqual(keys(SECRET));
    expect(parse({ ...inFile, CLUSTER_SECRET: OTHER }).clusterKeys).toEqual(keys(OTHER));
    expect(parse({ ...frontend, ADMIN_TOKEN_FILE: '/run/secret' })).toMatchObject({ adminToken: SECRET });
    expect(parse({ ROLE: 'catalog', CLUSTER_SECRET: OTHER, PEER_SECRET_FILE: '/run/secret' })).toMatchObject({
      peerKeys: keys(SECRET),
    });
  });

  it.each([{}, { NODE_ENV: 'production' }])('listens on loopback only without a secret, with %j', (env) => {
    for (const secret of [{}, { CLUSTER_SECRET: DEVELOPMENT_SECRET }]) {
      expect(parse({ ROLE: 'catalog', ...env, ...secret })).toMatchObject({
        host: '127.0.0.1',
        advertisedAddress: 'http://127.0.0.1:5000',
        clusterKeys: keys(DEVELOPMENT_SECRET),
        warnings: [expect.stringContaining('CLUSTER_SECRET')],
      });
    }
    for (const HOST of ['127.0.0.1', '127.1.2.3', '::1', 'localhost']) {
      expect(parse({ ROLE: 'catalog', ...env, HOST }).host).toBe(HOST);
    }
  });

  it('takes two secrets during a rotation, and shows the first', () => {
    const rotating = { ROLE: 'catalog', CLUSTER_SECRET: `${SECRET},${OTHER}` };
    expect(parse(rotating).clusterKeys).toEqual(keys(SECRET, OTHER));
    const { peerKeys } = parse(rotating) as CatalogConfig;
    const derived = [SECRET, OTHER].map(
      (CLUSTER_SECRET) => (parse({ ROLE: 'catalog', CLUSTER_SECRET }) as CatalogConfig).peerKeys.used,
    );
    expect(peerKeys).toEqual(keys(...derived));
    expect(derived).not.toContain(SECRET);
  });

  it('changes from the derived key of the catalogs to one of their own', () => {
    const catalog = (PEER_SECRET?: string) =>
      (parse({ ROLE: 'catalog', CLUSTER_SECRET: SECRET, PEER_SECRET }) as CatalogConfig).peerKeys;
    const derived = catalog().used;
    expect(catalog(`derived,${OTHER}`)).toEqual(keys(derived, OTHER));
    expect(catalog(`${OTHER},derived`)).toEqual(keys(OTHER, derived));
    expect(catalog(OTHER)).toEqual(keys(OTHER));
  });

  it('says what catalogs give up without a secret of their own, and who needs none', () => {
    const production = { NODE_ENV: 'production', CLUSTER_SECRET: SECRET };
    const catalogs = { ...production, ROLE: 'catalog', CATALOG_ADDRESSES: 'b:1|c:1' };
    const line = expect.stringMatching(/^PEER_SECRET is not set/) as unknown;
    expect(parse(catalogs).warnings).toEqual([line]);
    expect(parse({ ...catalogs, PEER_SECRET: OTHER }).warnings).toEqual([]);
    expect(parse({ ...production, ROLE: 'catalog' }).warnings).toEqual([]);
    expect(parse({ ...frontend, PEER_SECRET: OTHER }).warnings).toEqual([
      expect.stringMatching(/^PEER_SECRET is set and not needed here/),
    ]);
  });

  it('counts blank variables as not set and ignores unknown ones', () => {
    expect(
      parse({ ROLE: 'catalog', CLUSTER_SECRET: '', PORT: ' ', LEASE_MS: '', COLOUR: 'red' }),
    ).toMatchObject({
      port: 5000,
      leaseMs: 500,
    });
  });

  it.each<[Environment, string]>([
    [{}, 'ROLE: missing, takes catalog, order or frontend'],
    [{ ROLE: 'shop' }, 'ROLE: got "shop", takes catalog, order or frontend'],
    [{ ROLE: 'catalog', PORT: '70000' }, 'PORT: got "70000", takes a whole number from 0 to 65535'],
    [{ ROLE: 'catalog', PORT: '5e3' }, 'PORT: got "5e3", takes a whole number from 0 to 65535'],
    [{ ROLE: 'catalog', HOST: 'a b' }, 'HOST: got "a b", takes a host name or IP address to listen on'],
    [
      { ROLE: 'catalog', PORT: '0' },
      'ADVERTISED_ADDRESS: missing, takes the own base address, since PORT is 0',
    ],
    [
      { ROLE: 'catalog', ADVERTISED_ADDRESS: 'http://a:5000/shop' },
      'ADVERTISED_ADDRESS: got "http://a:5000/shop", takes a base address like http://host:5000',
    ],
    [
      { ROLE: 'catalog', CATALOG_ADDRESSES: 'a:5000|ftp://b' },
      'CATALOG_ADDRESSES: got "a:5000|ftp://b", takes base addresses like http://host:5000, separated by | or a comma',
    ],
    [
      { ROLE: 'order' },
      'CATALOG_ADDRESSES: missing, takes base addresses like http://host:5000, separated by | or a comma',
    ],
    [
      { ROLE: 'order', CATALOG_ADDRESSES: ' | ' },
      'CATALOG_ADDRESSES: got "|", takes base addresses like http://host:5000, separated by | or a comma',
    ],
    [
      { ...frontend, ORDER_ADDRESSES: '' },
      'ORDER_ADDRESSES: missing, takes base addresses like http://host:5000, separated by | or a comma',
    ],
    [
      { ...frontend, TRUST_PROXY: 'loopback, 10.0.0.0/33' },
      'TRUST_PROXY: got "loopback, 10.0.0.0/33", takes IP addresses, ranges like 10.0.0.0/8, loopback, linklocal or uniquelocal, separated by | or a comma',
    ],
    [
      { ...frontend, LOOKUP_CACHE_SIZE: '-1' },
      'LOOKUP_CACHE_SIZE: got "-1", takes a whole number from 0 to 10000000',
    ],
    ...['hunter2', 's'.repeat(64), `${SECRET},hunter2`, `${SECRET},${OTHER},${SECRET}x`, `${SECRET},`].map(
      (secret): [Environment, string] => [
        { ROLE: 'catalog', CLUSTER_SECRET: secret },
        `CLUSTER_SECRET: got ${secret.length} characters, takes ${SHARED_SECRET}`,
      ],
    ),
    [
      { ROLE: 'catalog', CLUSTER_SECRET: SECRET, PEER_SECRET: 'hunter2' },
      `PEER_SECRET: got 7 characters, takes ${SHARED_SECRET}`,
    ],
    [
      { ROLE: 'catalog', CLUSTER_SECRET: SECRET, PEER_SECRET: SECRET },
      'PEER_SECRET: got 32 characters, takes another secret than CLUSTER_SECRET',
    ],
    [
      { ...frontend, ADMIN_TOKEN: 'fifteen letters' },
      'ADMIN_TOKEN: got 15 characters, takes at least 16 visible ASCII characters without blanks',
    ],
    [
      { ROLE: 'catalog', HOST: '0.0.0.0' },
      'HOST: got "0.0.0.0", takes a loopback address like 127.0.0.1, since CLUSTER_SECRET is not set to a secret of your own',
    ],
    [
      { ROLE: 'catalog', HOST: '::', CLUSTER_SECRET: DEVELOPMENT_SECRET },
      'HOST: got "::", takes a loopback address like 127.0.0.1, since CLUSTER_SECRET is not set to a secret of your own',
    ],
    [
      { ROLE: 'catalog', ADVERTISED_ADDRESS: 'http://c1:5000', NODE_ENV: 'production' },
      'ADVERTISED_ADDRESS: got "http://c1:5000", takes a loopback address like http://127.0.0.1:5000, since CLUSTER_SECRET is not set to a secret of your own',
    ],
    [
      { ROLE: 'catalog', CLUSTER_SECRET_FILE: '/none' },
      'CLUSTER_SECRET_FILE: got "/none", takes a file that can be read (no such file)',
    ],
    [
      { ...frontend, ADMIN_TOKEN_FILE: '/run/empty' },
      'ADMIN_TOKEN_FILE: got "/run/empty", takes a file that is not empty',
    ],
    [
      { ROLE: 'catalog', DATABASE_URL: 'postgres://shop:secret@db' },
      'DATABASE_URL: got "postgres://…@db", takes sqlite:PATH, or postgres://USER:PASSWORD@HOST[:PORT][,HOST[:PORT]…]/DATABASE with sslmode=disable|require|verify-full and target_session_attrs=read-write after a ?',
    ],
    [{ ROLE: 'catalog', WRITE_POLICY: 'all' }, 'WRITE_POLICY: got "all", takes one of majority, reachable'],
    [
      { ROLE: 'catalog', CATALOG_ADDRESSES: 'a:1,b:1', WRITE_POLICY: 'reachable' },
      'WRITE_POLICY: got "reachable", takes majority with 3 catalogs (reachable is for two)',
    ],
    [{ ROLE: 'catalog', LEASE_MS: '0' }, 'LEASE_MS: got "0", takes a whole number from 20 to 60000'],
    [
      { ROLE: 'catalog', LOG_LEVEL: 'loud' },
      'LOG_LEVEL: got "loud", takes one of fatal, error, warn, info, debug, trace, silent',
    ],
  ])('refuses %j', (env, line) => {
    expect(mistakesOf(env)).toEqual([line]);
  });

  it('names all mistakes at once', () => {
    expect(mistakesOf({ ROLE: 'catalog', PORT: 'x', LEASE_MS: 'y', CONNECT_TIMEOUT_MS: '0' })).toHaveLength(
      3,
    );
  });
});
