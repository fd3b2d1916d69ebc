import { type IncomingMessage } from 'node:http';
import { ClientAddresses } from './client-addresses.js';

function clientOf(trustedProxies: readonly string[], remoteAddress: string, forwarded?: string): string {
  const request = { socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } };
  return new ClientAddresses({ role: 'frontend', trustedProxies }).of(request as unknown as IncomingMessage);
}

describe('the address of a client', () => {
  const ours = ['loopback', '10.0.0.0/8', '2001:db8::/32'];
  it.each<[readonly string[], string, string | undefined, string]>([
    [[], '192.0.2.1', '198.51.100.7', '192.0.2.1'],
    [ours, '192.0.2.1', '198.51.100.7', '192.0.2.1'],
    [ours, '10.1.2.3', '198.51.100.7', '198.51.100.7'],
    [ours, '::ffff:10.1.2.3', '198.51.100.7', '198.51.100.7'],
    [ours, '10.1.2.3', undefined, '10.1.2.3'],
    [ours, '10.1.2.3', '', '10.1.2.3'],
    // What the client wrote itself stands first.
    [ours, '10.1.2.3', '203.0.113.9, 198.51.100.7', '198.51.100.7'],
    [ours, '10.1.2.3', '203.0.113.9, 198.51.100.7, 10.9.9.9', '198.51.100.7'],
    [ours, '10.1.2.3', '203.0.113.9, nonsense', '10.1.2.3'],
    [ours, '10.1.2.3', 'nonsense,10.0.0.9', '10.0.0.9'],
    [ours, '10.1.2.3', '198.51.100.7:4711', '198.51.100.7'],
    [ours, '127.0.0.1', '[2001:db9::1]:80', '2001:db9:0:0::/64'],
    [ours, '2001:db8::5', '2001:db9:1:2:3::4', '2001:db9:1:2::/64'],
    [['10.1.2.3'], '10.1.2.4', '198.51.100.7', '10.1.2.4'],
  ])('with %j, of %s for %s is %s %s', (proxies, remote, forwarded, expected) => {
    expect(clientOf(proxies, remote, forwarded)).toBe(expected);
  });
});
