import { isIPv4 } from 'node:net';
import { ipv6Groups } from '../net/ipv6.ts';
import { plainAddress } from '../net/plain-address.ts';
import { foldCase } from '../text/fold-case.ts';
import type { Network } from '../net/network.ts';

const longest = 2_048;
// NUL ends a text for some functions of SQLite, and lone surrogates cannot be written as UTF-8.
const unkept = /[\0\ud800-\udfff]/u;
const unkeptEverywhere = new RegExp(unkept.source, 'gu');

/** A peer's text as it is kept in a database: what cannot be kept is written as people see it, and nothing is longer. */
export function kept(text: string): string {
  const cut = text.length > longest ? text.slice(0, longest) : text;
  return unkept.test(cut) ? cut.replaceAll(unkeptEverywhere, escape) : cut;
}

/** How a text is searched; null where it is the same. */
export function foldedFor(value: string): string | null {
  const folded = foldCase(value);
  return folded === value ? null : folded;
}

/** An address as digits of the same length in each family, so that networks are ranges. */
export function addressNumber(address: string): string | null {
  const plain = plainAddress(address);
  if (isIPv4(plain)) return `4${hex(plain.split('.').map(Number), 2)}`;
  const groups = ipv6Groups(plain);
  return groups === undefined ? null : `6${hex(groups, 4)}`;
}

export function numberRange({ address, prefix, family }: Network): readonly [first: string, last: string] {
  const first = addressNumber(address)!;
  const bits = family === 'ipv4' ? 32 : 128;
  const host = (1n << BigInt(bits - prefix)) - 1n;
  const last = (BigInt(`0x${first.slice(1)}`) | host).toString(16).padStart(bits / 4, '0');
  return [first, `${first.charAt(0)}${last}`];
}

function hex(numbers: readonly number[], digits: number): string {
  return numbers.map((number) => number.toString(16).padStart(digits, '0')).join('');
}

function escape(character: string): string {
  const code = character.codePointAt(0)!;
  return code >= 0xdc80 && code <= 0xdcff ? `\\x${(code - 0xdc00).toString(16)}` : code === 0 ? '\\x00' : '\\ufffd';
}
