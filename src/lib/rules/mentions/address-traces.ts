import { isIPv4 } from 'node:net';
import { ipv6Groups } from '../../net/ipv6.ts';

/** Whether a text may name an address at all. It says yes too often, and never no where there is one. */
export type MayName = (text: string) => boolean;

/**
 * Of each address one part that every spelling of it has, in each way to write that part. Nearly all texts have none of
 * them, and then nobody has to look closer.
 */
export function addressTraces(addresses: readonly string[]): MayName {
  const traces = addresses.map((address) => (isIPv4(address) ? ipv4Traces(address) : ipv6Traces(address)));
  if (traces.some((each) => each === undefined)) return () => true;
  const all = [...new Set(traces.flatMap((each) => each!))];
  return (text) => {
    const folded = text.toLowerCase();
    return all.some((trace) => folded.includes(trace));
  };
}

/** Its most telling number in decimal, octal and hexadecimal, and all of it as one number. */
function ipv4Traces(address: string): readonly string[] {
  const parts = address.split('.').map(Number);
  const telling = parts.toSorted((one, other) => tellingness(other) - tellingness(one))[0]!;
  const whole = String(Buffer.from(parts).readUInt32BE());
  return [telling.toString(10), telling.toString(8), telling.toString(16), whole];
}

// Two letters in a row are in every text; a letter and a digit are in few, and long numbers in fewer.
function tellingness(part: number): number {
  const hexadecimal = part.toString(16);
  return (hexadecimal.length === 2 && /\d/.test(hexadecimal) ? 1000 : 0) + part;
}

/** Its longest group, forwards and as in `ip6.arpa`. The last two may be written as IPv4, and so are none. */
function ipv6Traces(address: string): readonly string[] | undefined {
  const groups = (ipv6Groups(address) ?? []).slice(0, 6).map((group) => group.toString(16));
  const longest = groups.toSorted((one, other) => other.length - one.length)[0];
  if (longest === undefined || longest === '0') return undefined;
  return [longest, longest.split('').toReversed().join('.')];
}
