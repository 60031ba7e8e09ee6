import type { TlsFacts, TriedCredentials } from '../../src/lib/capture/capture.ts';
import type { Effect } from '../../src/lib/smtp/effect.ts';
import type { SmtpLimits } from '../../src/lib/smtp/limits.ts';
import { postfix } from '../../src/lib/smtp/personas/postfix.ts';
import { acceptAll } from '../../src/lib/smtp/auth-policy.ts';
import { SmtpSession, type SessionPeer, type SessionSettings } from '../../src/lib/smtp/session.ts';
import { smtp } from '../../src/lib/smtp/verbs.ts';

export const generous: SmtpLimits = {
  recipients: 1_000,
  envelope: 2 ** 20,
  messageSize: 10_240_000,
  commands: 1_000_000,
  messages: 1_000,
};

/** Offers no more than a plain server does, so that dialogues are about one thing. */
export function newSession(
  limits: Partial<SmtpLimits> = {},
  { tls = 'none', ...settings }: Partial<SessionSettings & SessionPeer> = {},
): SmtpSession {
  const common: SessionSettings = {
    persona: postfix,
    dialect: smtp,
    host: 'mail.example.test',
    limits: { ...generous, ...limits },
    login: { offer: 'never', accepts: acceptAll, newChallenge: () => '<1.2@mail.example.test>' },
    takes: () => true,
    now: () => Date.UTC(2026, 10, 20, 10),
    ...settings,
  };
  return new SmtpSession(common, { address: '192.0.2.1', tls });
}

export interface Message {
  readonly from: string;
  readonly to: readonly string[];
  readonly content: string;
}

/** Feeds bytes and answers each finished message at once, as a journal that always has room would. */
export class Player {
  readonly session: SmtpSession;
  readonly messages: Message[] = [];
  readonly tried: TriedCredentials[] = [];
  closed = false;
  #content = '';

  constructor(session: SmtpSession) {
    this.session = session;
  }

  /** The replies to these bytes, as lines. */
  send(bytes: string): string[] {
    return this.#play(this.session.receive(Buffer.from(bytes, 'latin1')));
  }

  greet(): string[] {
    return this.#play(this.session.greet());
  }

  secure(facts: TlsFacts): string[] {
    return this.#play(this.session.secured(facts));
  }

  #play(effects: readonly Effect[]): string[] {
    const said: string[] = [];
    for (const effect of effects) {
      if (effect.do === 'reply') said.push(...effect.text.split('\r\n').slice(0, -1));
      if (effect.do === 'open') this.#content = '';
      if (effect.do === 'content') this.#content += effect.bytes.toString('latin1');
      if (effect.do === 'tried') this.tried.push(effect.credentials);
      if (effect.do === 'close') this.closed = true;
      if (effect.do === 'finish') {
        this.messages.push({ ...effect.message.envelope, content: this.#content });
        said.push(...this.#play(this.session.settle({ kept: true, queueId: '5D665224E7C' })));
      }
    }
    return said;
  }
}
