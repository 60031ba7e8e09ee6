import type { PeerText } from '../capture/capture.ts';
import type { AnyOccasion, ReplyWords } from './persona.ts';

export interface Refused {
  readonly is: 'refused';
  readonly occasion: AnyOccasion;
  readonly words?: ReplyWords;
}

export type CommandReading =
  | { readonly is: 'command'; readonly verb: string; readonly argument: PeerText }
  /** No SMTP at all. */
  | { readonly is: 'foreign' }
  | Refused;

export interface GivenAddress {
  readonly is: 'address';
  /** As it was given, without its brackets. */
  readonly address: PeerText;
  /** What stood behind it. */
  readonly parameters: readonly PeerText[];
}

export interface Circumstances {
  readonly messageSize: number;
  readonly introducedWith: 'HELO' | 'EHLO' | 'LHLO' | undefined;
}

/**
 * How a server reads. Servers agree on what RFC 5321 says and differ in everything else: which blanks they skip, which
 * addresses they take, which mistake they see first. A trap that reads in another way than the server it plays loses
 * mail and gives itself away.
 */
export interface Grammar {
  /** What it makes of a line; it never throws, whatever the line holds. */
  command(line: PeerText): CommandReading;
  /** Whether HELO and EHLO may have this argument. */
  isName(argument: PeerText): boolean;
  /** What followed `MAIL`. */
  sender(argument: PeerText, circumstances: Circumstances): GivenAddress | Refused;
  /** What followed `RCPT`; a domain may be in Unicode where the sender said so. */
  recipient(argument: PeerText, parametersOfMail: readonly PeerText[]): GivenAddress | Refused;
  /** What `VRFY` asks for. */
  user(argument: PeerText): { readonly is: 'user'; readonly user: PeerText } | Refused;
  /** What `ETRN` asks for. */
  queue(argument: PeerText): { readonly is: 'queue'; readonly queue: PeerText } | Refused;
}

export function refused(occasion: AnyOccasion, words?: ReplyWords): Refused {
  return { is: 'refused', occasion, ...(words && { words }) };
}
