import { isIP } from 'node:net';
import { scalarKind } from './kind.ts';

const longestText = 255;

export const text = scalarKind<string>({
  valid: `one line of text, at most ${longestText} characters`,
  parse: (written) => (isOneLine(written) ? written : undefined),
});

/** A name that the sensor shows to peers: DNS form, never an address. */
export const hostname = scalarKind<string>({
  valid: 'a host name such as mail.example.org',
  parse: (written) => (isHostname(written) ? written : undefined),
});

/** Something to listen on or to connect to. */
export const host = scalarKind<string>({
  valid: 'an IP address or a host name',
  parse: (written) => (isIP(written) !== 0 || isHostname(written) ? written : undefined),
});

function isOneLine(written: string): boolean {
  return written.length <= longestText && written.trim() !== '' && !/\p{C}|\u2028|\u2029/u.test(written);
}

function isHostname(written: string): boolean {
  if (written.length > 253) return false;
  const labels = written.split('.');
  // Where the last label is a number, resolvers and peers take the whole for an address.
  return labels.every((label) => /^[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/i.test(label)) && !/^\d+$/.test(labels.at(-1)!);
}
