import type { Mention } from './mention.ts';

const token = /(?<![0-9A-Za-z]|\d\.)(?:0x)?[0-9a-f]{8,12}(?![0-9A-Za-z]|\.\d)/gi;
// Some testers write the port behind: 25, 465, 587.
const ports = ['', '0019', '01d1', '024b'];

/** Finds one of the addresses written as one number, in decimal or in hexadecimal. */
export function ipv4Numbers(addresses: readonly string[]): (text: string) => Mention | undefined {
  const wanted = new Map<string, Omit<Mention, 'seen'>>();
  for (const what of addresses) {
    const value = Buffer.from(what.split('.').map(Number));
    const hex = value.toString('hex');
    wanted.set(String(value.readUInt32BE()), { what, form: 'as one decimal number' });
    for (const port of ports) {
      const form = `as one hexadecimal number${port && ' with a port'}`;
      wanted.set(`0x${hex}${port}`, { what, form });
      // Eight digits without a letter are a date or a number of an order.
      if (/[a-f]/.test(hex)) wanted.set(hex + port, { what, form });
    }
  }
  return (text) => {
    for (const [seen] of text.matchAll(token)) {
      const found = wanted.get(seen.toLowerCase());
      if (found) return { ...found, seen };
    }
    return undefined;
  };
}
