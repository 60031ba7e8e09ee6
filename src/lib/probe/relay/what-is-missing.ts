import type { Extensions } from './extensions.ts';
import type { MailAddress } from './mail-address.ts';

/** What a message needs of a server. */
export interface Needs {
  readonly sender: MailAddress;
  readonly recipients: readonly MailAddress[];
  readonly size: number;
  readonly isEightBit: boolean;
}

/**
 * Why a server cannot have this message as it is. Many would take it all the same, or take it rewritten; then what
 * arrives would not be what the sender of a probe looks for.
 */
export function whatIsMissing(offered: Extensions, needs: Needs): string | undefined {
  const { size } = offered;
  if (needs.isEightBit && !offered.eightBitMime) return 'it does not offer 8BITMIME, and the message has 8-bit bytes';
  if (!offered.smtpUtf8 && [needs.sender, ...needs.recipients].some(({ needsSmtpUtf8 }) => needsSmtpUtf8)) {
    return 'it does not offer SMTPUTF8, and an address is not in ASCII';
  }
  if (size !== 'unasked' && needs.size > size.most) {
    return `it takes ${size.most} bytes at most, and the message has ${needs.size}`;
  }
  return undefined;
}
