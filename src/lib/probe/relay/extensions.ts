import { asciiUpper } from '../../text/ascii.ts';
import type { Reply } from './reply.ts';

/** What a server offers, as far as a message may need it. */
export interface Extensions {
  readonly startTls: boolean;
  readonly eightBitMime: boolean;
  readonly smtpUtf8: boolean;
  /** Whether it wants to be told the size of a message, and the largest that it takes. */
  readonly size: 'unasked' | { readonly most: number };
}

/** What is offered by a server that only knows HELO. */
export const noExtensions: Extensions = { startTls: false, eightBitMime: false, smtpUtf8: false, size: 'unasked' };

/** Reads the reply to EHLO; its first line is a greeting. */
export function readExtensions({ text }: Reply): Extensions {
  const offered = new Map(
    text
      .split('\n')
      .slice(1)
      .map((line) => asciiUpper(line).split(/[ \t]+/))
      .map(([keyword = '', argument = '']) => [keyword, argument]),
  );
  const size = offered.get('SIZE');
  return {
    startTls: offered.has('STARTTLS'),
    eightBitMime: offered.has('8BITMIME'),
    smtpUtf8: offered.has('SMTPUTF8'),
    size: size === undefined ? 'unasked' : { most: mostFrom(size) },
  };
}

// RFC 1870: no number or zero means that there is no fixed limit.
function mostFrom(digits: string): number {
  const most = /^\d{1,15}$/.test(digits) ? Number(digits) : 0;
  return most === 0 ? Number.POSITIVE_INFINITY : most;
}
