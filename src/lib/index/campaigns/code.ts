import { hash } from 'node:crypto';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** The name by which a campaign is known for ever: made from the message that founded it, so that it can be made anew. */
export function campaignCode(founder: string, length = 7): string {
  const bits = BigInt(`0x${hash('sha256', founder, 'hex').slice(0, 24)}`);
  let code = '';
  for (let rest = bits; code.length < length; rest >>= 5n) code += alphabet[Number(rest & 31n)];
  return `c-${code}`;
}
