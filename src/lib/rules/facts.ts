import type { MailProtocol, PeerText, TriedCredentials } from '../capture/capture.ts';
import type { RuleHook } from '../capture/rule-match.ts';
import type { MessageView } from '../mime/message-view.ts';

/** What a rule may look at. */
export interface RuleFacts {
  readonly hook: RuleHook;
  /** An IP address. */
  readonly peer: string;
  readonly helo?: PeerText;
  readonly protocol?: MailProtocol;
  readonly tls: boolean;
  readonly credentials: readonly TriedCredentials[];
  /** Of the envelope; at the hook mail the one that is being given. */
  readonly from?: PeerText;
  /** Of the envelope; at the hook rcpt the last is the one that is being given. */
  readonly to: readonly PeerText[];
  readonly counts: { readonly commands: number; readonly errors: number; readonly messages: number };
  /** At the hook message only. */
  readonly size?: number;
  readonly message?: MessageView;
}
