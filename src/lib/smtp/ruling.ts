import type { MailProtocol, PeerText, TriedCredentials } from '../capture/capture.ts';
import type { RuleHook } from '../capture/rule-match.ts';

/** The moments of a session at which somebody else may put in a word. */
export type SessionHook = Exclude<RuleHook, 'message'>;

/** What is said in place of the persona's words. A code that is no success also refuses what was asked for. */
export interface Ruling {
  readonly reply?: string | undefined;
}

/** What the session knows at that moment. */
export interface SessionMoment {
  readonly helo?: PeerText | undefined;
  readonly protocol: MailProtocol;
  readonly tls: boolean;
  readonly credentials: readonly TriedCredentials[];
  readonly from?: PeerText | undefined;
  readonly to: readonly PeerText[];
  readonly counts: { readonly commands: number; readonly errors: number; readonly messages: number };
}

/** The moment is only put together for somebody who has a word to say at this hook. */
export type Consult = (hook: SessionHook, moment: () => SessionMoment) => Ruling | undefined;

/** What came of asking: the persona goes on as usual, or has its answer already, and that was a refusal or none. */
export type Ruled = 'asUsual' | 'answered' | 'refused';

export function isKind(reply: string): boolean {
  return reply.startsWith('2') || reply.startsWith('3');
}

/** With these codes a server says that it closes the connection (RFC 5321, RFC 7504). */
export function isFarewell(reply: string): boolean {
  return reply.startsWith('421') || reply.startsWith('521');
}
