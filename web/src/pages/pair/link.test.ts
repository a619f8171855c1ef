import { expect, test } from 'vitest';
import { connectLink } from './link';

const host = { address: '0.0.0.0:9777', fingerprint: 'ab'.repeat(32), name: 'Büro & Küche' };

test('the link leads to where the page came from, at the port of native clients', () => {
  expect(connectLink(host, '192.168.1.5')).toBe(`punktfunk://connect/192.168.1.5:9777?fp=${host.fingerprint}&name=B%C3%BCro+%26+K%C3%BCche`);
});

test('addresses of IPv6 stand in brackets', () => {
  expect(connectLink(host, 'fe80::1')).toMatch(/^punktfunk:\/\/connect\/\[fe80::1\]:9777\?/);
});
