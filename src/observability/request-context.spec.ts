import { type IncomingMessage } from 'node:http';
import { asRequest, currentRequest, joinContexts, requestIdOf, resumeRequest } from './request-context.js';
import { type Span } from './tracing/span.js';

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
    const context = { ids: 'a', span: undefined };
    const later = asRequest(context, async () => {
      expect(currentRequest()).toBe(context);
      resume = resumeRequest();
      await Promise.resolve();
      return currentRequest();
    });
    expect(currentRequest()).toBeUndefined();
    expect(await later).toBeUndefined();
    expect(resume(currentRequest)).toBe(context);
    expect(() =>
      asRequest({ ids: 'b', span: undefined }, () => {
        throw new Error('x');
      }),
    ).toThrow('x');
    expect(currentRequest()).toBeUndefined();
  });

  it('is one of several requests for what is done for all of them', () => {
    const joined = { name: 'both' } as unknown as Span;
    const span = { with: () => joined } as unknown as Span;
    const [one, other] = [
      { ids: 'a', span: undefined },
      { ids: 'b', span },
    ];
    expect(joinContexts([one])).toBe(one);
    expect(joinContexts([one, undefined, other])).toEqual({ ids: 'a,b', span });
    expect(joinContexts([{ ids: 'a', span: { ...span } }, other])).toEqual({ ids: 'a,b', span: joined });
    expect(joinContexts([undefined, undefined])).toBeUndefined();
  });
});
