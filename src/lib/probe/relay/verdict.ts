import type { Reply } from './reply.ts';

/** What came of one connection. */
export type Verdict =
  /** The server has taken the message. */
  | { readonly is: 'relayed'; readonly reply: Reply }
  /** The server has said no, and nobody else is asked. */
  | { readonly is: 'refused'; readonly reply: Reply }
  /** The server has said no for now, before it had the whole message. */
  | { readonly is: 'postponed'; readonly reply: Reply }
  /** The server does not offer what this message needs. */
  | { readonly is: 'unfit'; readonly why: string }
  /** The connection came to nothing before the final dot. */
  | { readonly is: 'lost'; readonly why: string }
  /** The final dot has left and no answer came: the message may have been taken. */
  | { readonly is: 'uncertain'; readonly why: string };

/** Whether the message can be offered to another server without any chance that it arrives twice. */
export function mayTryElsewhere({ is }: Verdict): boolean {
  return is === 'postponed' || is === 'unfit' || is === 'lost';
}
