import { type IncomingMessage } from 'node:http';
import {
  asRequest,
  currentRequestId,
  joinRequestIds,
  readRequestIds,
  requestIdOf,
  resumeRequest,
} from './request-id.js';

const withHeaders = (headers: IncomingMessage['headers']) => ({ headers }) as IncomingMessage;
const MADE = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

describe('the id of a request', () => {
  it.each(['a', 'f'.repeat(64), '0af7651916cd43dd8448eb211c80319c', 'Root=1-67/a:b@c+d._-'])(
    'is what the client gave: %s',
    (given) => expect(requestIdOf(withHeaders({ 'x-request-id': given }))).toBe(given),
  );

  it.each(['', 'f'.repeat(65), 'a b', 'a,b', 'a"b', 'a\n{"level":60}', 'a;b', 'ä', '<b>'])(
    'is made when that is not well-formed: %j',
    (given) => expect(requestIdOf(withHeaders({ 'x-request-id': given }))).toMatch(MADE),
  );

  it('is made once for each request that has none', () => {
    const request = withHeaders({});
    expect(requestIdOf(request)).toBe(requestIdOf(request));
    expect(requestIdOf(withHeaders({}))).not.toBe(requestIdOf(request));
  });

  it('is never the key that opens a receipt', () => {
    const key = '5f0c8f9e-6d0b-4a52-9d8e-0a6a3f1f7d11';
    const id = requestIdOf(withHeaders({ 'x-request-id': key, 'idempotency-key': key }));
    expect(id).toMatch(MADE);
    expect(id).not.toBe(key);
  });

  it('holds for a turn, and for what is resumed', async () => {
    let resume = resumeRequest();
    const later = asRequest('a', async () => {
      expect(currentRequestId()).toBe('a');
      resume = resumeRequest();
      await Promise.resolve();
      return currentRequestId();
    });
    expect(currentRequestId()).toBeUndefined();
    expect(await later).toBeUndefined();
    expect(resume(currentRequestId)).toBe('a');
    expect(() =>
      asRequest('b', () => {
        throw new Error('x');
      }),
    ).toThrow('x');
    expect(currentRequestId()).toBeUndefined();
  });
});

describe('ids on the line', () => {
  it('are those of all requests that a call is for', () => {
    expect(joinRequestIds(['a', undefined, 'b', 'a'])).toBe('a,b');
    expect(joinRequestIds([undefined])).toBeUndefined();
    const most = joinRequestIds(Array.from({ length: 256 }, (_, at) => String(at).padStart(64, 'x')));
    expect(readRequestIds(most)).toBe(most);
  });

  it.each([undefined, null, 7, '', 'a,', 'a b', 'a\n', `${'x'.repeat(65)}`, 'a,'.repeat(9_000) + 'a'])(
    'are passed over when they are none: %j',
    (given) => expect(readRequestIds(given)).toBeUndefined(),
  );
});
