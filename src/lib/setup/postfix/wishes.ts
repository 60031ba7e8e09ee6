import type { TlsWishes } from '../tls-choice.ts';

/** What the flags say, word for word. */
export interface Wishes extends TlsWishes {
  readonly mode: string;
  readonly domains?: readonly string[] | undefined;
  readonly lmtp?: string | undefined;
  readonly hostname?: string | undefined;
  readonly listen?: readonly string[] | undefined;
  readonly port?: string | undefined;
  readonly 'submission-port'?: string | undefined;
  readonly 'submissions-port'?: string | undefined;
  readonly 'message-size'?: string | undefined;
  readonly prefix?: string | undefined;
  readonly maillog?: string | undefined;
  readonly standalone?: boolean | undefined;
  readonly milter?: readonly string[] | undefined;
  readonly mailbox?: readonly string[] | undefined;
  readonly 'catch-all'?: string | undefined;
  readonly relayhost?: string | undefined;
  readonly 'relayhost-user'?: string | undefined;
  readonly 'relayhost-password-file'?: string | undefined;
}
