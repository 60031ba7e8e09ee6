import { quoted, wrongFlag } from '../../setup/wrong-flag.ts';

/** An address that is one word of a command, whatever it means to the server. */
export function smtpAddress(flag: string, given: string): string {
  if (/^[^\s<>\x00-\x1f\x7f]+@[^\s<>\x00-\x1f\x7f]+$/.test(given) && given.length <= 254) return given;
  return wrongFlag(flag, `${quoted(given)} is no address.`, 'Write an address such as adam@example.org.');
}
