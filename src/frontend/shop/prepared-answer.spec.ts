import { type FastifyReply } from 'fastify';
import {
  jsonIn,
  prepare as prepareJson,
  type PreparedAnswer,
  sendPrepared,
  sizeOf,
} from './prepared-answer.js';

function prepare(value: unknown, link: string | null = null): PreparedAnswer {
  return prepareJson(Buffer.from(JSON.stringify(value)), link);
}

function sent(value: unknown, ifNoneMatch?: string, link: string | null = null) {
  const headers: Record<string, unknown> = {};
  const seen = { status: 200, body: undefined as unknown, headers };
  const reply = {
    request: { method: 'GET' },
    header: (name: string, content: unknown) => ((headers[name] = content), reply),
    status: (status: number) => ((seen.status = status), reply),
    send: (body: unknown) => ((seen.body = body), reply),
  };
  sendPrepared(reply as unknown as FastifyReply, prepare(value, link), ifNoneMatch);
  return seen;
}
const etagOf = (value: unknown): string => prepare(value).etag;

describe('prepared answers', () => {
  it('are the JSON of the value, with a strong tag of the bytes', () => {
    for (const title of ['Ünïcode "quoted" 😀', 'ü'.repeat(100_000)]) {
      const answer = prepare({ title });
      expect(JSON.parse(jsonIn(answer))).toEqual({ title });
      expect(answer.etag).toMatch(/^"[\w-]{22}"$/);
      expect(answer.body.length).toBe(Buffer.byteLength(JSON.stringify({ title })));
    }
    expect(etagOf({ quantity: 1 })).toBe(etagOf({ quantity: 1 }));
    expect(etagOf({ quantity: 1 })).not.toBe(etagOf({ quantity: 2 }));
  });

  it.each([1, 1_000, 100_000])('of %d characters are counted with all they hold', (length) => {
    const link = `</${'x'.repeat(500)}>; rel="next"`;
    const answer = prepare('x'.repeat(length), link);
    expect(sizeOf(answer)).toBeGreaterThan(answer.body.length + link.length);
    expect(sizeOf(answer)).toBeLessThan(length + 2_000);
  });

  it('leave with their tag, type and link', () => {
    const { status, body, headers } = sent([1], undefined, '</x>; rel="next"');
    expect(status).toBe(200);
    expect(String(body)).toBe('[1]');
    expect(headers).toEqual({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      etag: etagOf([1]),
      'cache-control': 'no-cache',
      'content-type': 'application/json; charset=utf-8',
      link: '</x>; rel="next"',
    });
  });

  it.each([
    ['the tag', etagOf(1), 304],
    ['the weak tag', `W/${etagOf(1)}`, 304],
    ['a list with the tag', `"x", W/"y" ,${etagOf(1)}`, 304],
    ['a star', ' * ', 304],
    ['another tag', '"x"', 200],
    ['a bare word', etagOf(1).slice(1, -1), 200],
    ['nothing', '', 200],
  ])('answer If-None-Match with %s: %s', (_, ifNoneMatch, status) => {
    const answer = sent(1, ifNoneMatch);
    expect(answer.status).toBe(status);
    expect(answer.body === undefined).toBe(status === 304);
    expect(answer.headers['etag']).toBe(etagOf(1));
  });
});
