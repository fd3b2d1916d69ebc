import { joinRequestIds, readRequestIds } from './request-id.js';

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
