/** What an anonymous client may send that costs most before it is answered. */
interface DearRequest {
  readonly path: string;
  /** For people: what is dear in it. */
  readonly request: string;
  /** As it crosses the line. */
  readonly text: Buffer;
}

const KB = 1_024;
const MB = 1_024 * KB;
const FIELDS = 100_000;
const KEY = 'Idempotency-Key: key-of-a-stall-0001\r\n';
const JSON_TYPE = 'Content-Type: application/json\r\n';

export function dearestRequests(): DearRequest[] {
  return [...orders(), ...searches(), ...reads(), ...others(), ...heads()];
}

function orders(): DearRequest[] {
  const post = (request: string, body: string | Buffer, head = JSON_TYPE): DearRequest =>
    dear('POST', '/orders', request, { body, head: `${KEY}${head}` });
  const items = (item: string, most: number): string => {
    const count = Math.floor((most - 20) / (item.length + 1));
    return `{"items":[${Array<string>(count).fill(item).join(',')}]}`;
  };
  return [
    post(
      '50 items that are sold',
      `{"items":[${Array.from({ length: 50 }, (_, at) => `{"id":${at + 10},"quantity":1}`).join(',')}]}`,
    ),
    post('16 kB of fields', fieldsOf(1_200)),
    post('64 kB of fields', fieldsOf(5_000)),
    post(`${FIELDS} fields`, fieldsOf(FIELDS)),
    post('1 MB, one string', `{"items":"${'x'.repeat(MB)}"}`),
    post('16 kB of empty items', items('{}', 16 * KB)),
    post('16 kB of wrong items', items('{"id":-1,"quantity":"x","y":[[[]]]}', 16 * KB)),
    post('16 kB of numbers as items', items('1', 16 * KB)),
    post('16 kB of deep arrays', '['.repeat(8_000) + ']'.repeat(8_000)),
    post('1 MB of deep arrays', '['.repeat(MB)),
    post('16 kB that end too early', `{"items":[${'{"id":1},'.repeat(1_700)}`),
    post('16 kB of escapes', `{"items":"${'\\u0041'.repeat(2_600)}"}`),
    post('a number of 16,000 digits', `{"items":[{"id":${'9'.repeat(16_000)},"quantity":1}]}`),
    post(
      '16 kB of one-byte chunks',
      '1\r\n \r\n'.repeat(16_000) + '0\r\n\r\n',
      `${JSON_TYPE}Transfer-Encoding: chunked\r\n`,
    ),
    post('16 kB of latin1', Buffer.from(`{"items":"${'é'.repeat(16_000)}"}`, 'latin1')),
    post('a form of 16 kB', 'a=1&'.repeat(4_000), 'Content-Type: application/x-www-form-urlencoded\r\n'),
    dear('PUT', '/buy/10', 'no body'),
    dear('PUT', '/buy/10', '16 kB of fields', { body: fieldsOf(1_200), head: JSON_TYPE }),
    dear('PUT', '/buy/10', '1 MB', { body: ' '.repeat(MB), head: JSON_TYPE }),
    dear('GET', `/orders/${'a'.repeat(10_000)}`, '10,000 characters'),
  ];
}

function searches(): DearRequest[] {
  const letters = [...'abcdefghijklmnop'];
  const find = (request: string, q: string, more = ''): DearRequest =>
    dear('GET', `/books?q=${encodeURIComponent(q)}${more}`, request);
  return [
    find('one letter', 't', '&limit=100'),
    find('one letter by price', 't', '&limit=100&sort=price'),
    find('nothing, by title', '', '&limit=100&sort=title'),
    find('a word of all books', 'the volume of', '&limit=100'),
    find('16 letters', letters.join(' '), '&limit=100'),
    find('16 beginnings', 'th di fo pr no co il mo sy ga hi ma la mo al vo', '&limit=100'),
    find(
      '16 words that are there',
      'the of volume the of volume the of volume the of volume the of volume the',
      '&limit=100',
    ),
    find('a word misspelt', 'distribtued', '&limit=100'),
    find(
      '200 characters misspelt',
      'distribtued algoritmhs moutnains hsitories langauges machnies '.repeat(4).slice(0, 200),
      '&limit=100',
    ),
    find('200 letters, no word', 'volumeof'.repeat(25), '&limit=100'),
    find('200 accents', `a${'\u0301'.repeat(199)}`),
    find('200 quotes and stars', '"*'.repeat(100)),
    find('2 kB', 'the '.repeat(480)),
    find('5 kB', 'the '.repeat(1_250)),
    find('a cursor of 1,800 characters', 't', `&cursor=${'A'.repeat(1_800)}`),
  ];
}

function reads(): DearRequest[] {
  return [
    dear('GET', `/search/${'s'.repeat(10_000)}`, '10,000 characters'),
    dear('GET', `/search/${'%E1%BA%AD'.repeat(1_200)}`, '10,000 characters, escaped'),
    dear('GET', `/search/${'%CC%81'.repeat(1_600)}`, '1,600 accents'),
    dear('GET', `/search/${'%'.repeat(10_000)}`, '10,000 percent signs'),
    dear('GET', '/search/subject%201', 'a topic of many books'),
    dear('GET', '/topics', 'all'),
    dear('GET', '/topics?limit=1000', 'as many as it takes'),
    dear('GET', `/topics?${'a=1&'.repeat(500)}`, '500 names'),
    dear('GET', '/lookup/10', 'a book'),
    dear('GET', `/lookup/${'9'.repeat(10_000)}`, '10,000 digits'),
    dear('GET', `/lookup/1?${'x'.repeat(10_000)}`, 'a query of 10,000 characters'),
    dear('GET', `/${'a/'.repeat(5_000)}`, 'a path of 5,000 parts'),
    dear('GET', `/${'%41'.repeat(5_000)}`, 'a path of 5,000 escapes'),
    dear('GET', '/', 'the page'),
  ];
}

/** Paths of those who run the bookstore. */
function others(): DearRequest[] {
  const wide = fieldsOf(FIELDS);
  return [
    dear('GET', '/status', ''),
    dear('GET', '/health/ready', ''),
    dear('GET', '/metrics', ''),
    dear('GET', '/dump', ''),
    dear('GET', '/ops/access', ''),
    dear('POST', '/books', `${FIELDS} fields`, { body: wide, head: JSON_TYPE }),
    dear('POST', '/books/import', '1 MB of rows', {
      body: 'title,topic,price\n'.repeat(58_000),
      head: 'Content-Type: text/csv\r\n',
    }),
    dear('POST', '/ops/traces', `${FIELDS} fields`, { body: wide, head: JSON_TYPE }),
    dear('POST', '/invalidations', `${FIELDS} fields`, { body: wide, head: JSON_TYPE }),
  ];
}

function heads(): DearRequest[] {
  const get = (request: string, head: string): DearRequest => dear('GET', '/lookup/10', request, { head });
  return [
    get('500 header fields', Array.from({ length: 500 }, (_, at) => `X-${at}: ${at}\r\n`).join('')),
    get('3,000 header fields', 'a: b\r\n'.repeat(3_000)),
    get('15 kB of If-None-Match', `If-None-Match: ${'"a",'.repeat(3_750)}\r\n`),
    get('15 kB of X-Forwarded-For', `X-Forwarded-For: ${'1.1.1.1,'.repeat(1_900)}\r\n`),
    get('15 kB of Accept', `Accept: ${'a/b;q=0.1,'.repeat(1_500)}\r\n`),
    get('15 kB of traceparent', `traceparent: ${'0'.repeat(15_000)}\r\n`),
    get('15 kB of Authorization', `Authorization: Bearer ${'a'.repeat(15_000)}\r\n`),
    {
      path: '/lookup/10',
      request: '1,000 pipelined',
      text: Buffer.from(
        'GET /lookup/10 HTTP/1.1\r\nHost: bench\r\n\r\n'.repeat(999) + headOf('GET', '/lookup/10', ''),
      ),
    },
    { path: '', request: '1 MB that is no HTTP', text: Buffer.alloc(MB, 'x') },
  ];
}

const fieldsOf = (count: number): string =>
  `{${Array.from({ length: count }, (_, at) => `"field${at}":${at % 10}`).join(',')}}`;

const headOf = (method: string, path: string, head: string): string =>
  `${method} ${path} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n${head}\r\n`;

const SHOWN_LENGTH = 24;

function dear(
  method: string,
  path: string,
  request: string,
  { body = '', head = '' }: { readonly body?: string | Buffer; readonly head?: string } = {},
): DearRequest {
  const bytes = Buffer.from(body);
  const hasLength = bytes.length > 0 && !head.includes('chunked');
  const length = hasLength ? `Content-Length: ${bytes.length}\r\n` : '';
  const shown = path.length > SHOWN_LENGTH ? `${path.slice(0, SHOWN_LENGTH)}…` : path;
  return {
    path: `${method} ${shown}`,
    request,
    text: Buffer.concat([Buffer.from(headOf(method, path, `${head}${length}`)), bytes]),
  };
}
