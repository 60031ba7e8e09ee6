import { expect, it } from 'vitest';
import { interfaceAddresses, knownAddresses } from '../../src/lib/assembly/own-addresses.ts';

it('an address that only this machine or its network can reach is ours when somebody says so, and not by itself', () => {
  expect(interfaceAddresses()).toContain('127.0.0.1');
  const unasked = knownAddresses([], () => 0)();
  expect(unasked.filter((address) => /^(?:127|10|192\.168|169\.254)\.|^::1$|^f[cde]/.test(address))).toEqual([]);
  expect(knownAddresses(['10.0.0.1', '127.0.0.1'], () => 0)()).toEqual(
    expect.arrayContaining(['10.0.0.1', '127.0.0.1']),
  );
});
