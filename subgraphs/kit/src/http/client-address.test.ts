import { describe, expect, it } from '@jest/globals';
import { clientAddress } from './client-address.js';

const cases: [string, string | undefined, string | undefined, number, string][] = [
  ['the socket', '10.0.0.1', undefined, 0, '10.0.0.1'],
  ['the socket, whatever a client claims', '10.0.0.1', '1.2.3.4', 0, '10.0.0.1'],
  ['what one proxy saw', '10.0.0.1', '1.2.3.4', 1, '1.2.3.4'],
  ['what one proxy saw, whatever a client claims', '10.0.0.1', '6.6.6.6, 1.2.3.4', 1, '1.2.3.4'],
  ['what the outermost of two proxies saw', '10.0.0.1', '6.6.6.6,1.2.3.4, 10.0.0.2', 2, '1.2.3.4'],
  ['the socket, when the request did not come through all proxies', '10.0.0.1', '6.6.6.6', 2, '10.0.0.1'],
  ['the socket, when the proxy wrote nonsense', '10.0.0.1', 'unknown', 1, '10.0.0.1'],
  ['without its port', '10.0.0.1', '1.2.3.4:567', 1, '1.2.3.4'],
  ['IPv4 written as IPv6', '::ffff:10.0.0.1', undefined, 0, '10.0.0.1'],
  ['the network of an IPv6 address', '2001:db8:0:12::7', undefined, 0, '2001:db8:0:12::/64'],
  ['the same network, written otherwise', '2001:0DB8::12:a:b:c:d', undefined, 0, '2001:db8:0:12::/64'],
  ['with brackets and port', '10.0.0.1', '[2001:db8::1]:99', 1, '2001:db8:0:0::/64'],
  ['without its zone', 'fe80::1%eth0', undefined, 0, 'fe80:0:0:0::/64'],
  ['of this machine', '::1', undefined, 0, '0:0:0:0::/64'],
  ['none', undefined, undefined, 0, 'unknown'],
];

describe('the address of a client', () => {
  it.each(cases)('%s', (_name, remoteAddress, forwarded, proxies, expected) => {
    const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
    expect(clientAddress({ headers, socket: { remoteAddress } }, proxies)).toBe(expected);
  });
});
