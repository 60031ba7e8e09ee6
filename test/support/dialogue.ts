import type { Effect } from '../../src/lib/smtp/effect.ts';
import type { SmtpLimits } from '../../src/lib/smtp/limits.ts';
import { postfix } from '../../src/lib/smtp/personas/postfix.ts';
import { SmtpSession } from '../../src/lib/smtp/session.ts';

export const generous: SmtpLimits = {
  commandLine: 8_192,
  recipients: 1_000,
  messageSize: 10_240_000,
  errors: 20,
  messages: 1_000,
};

export function newSession(limits: Partial<SmtpLimits> = {}): SmtpSession {
  return new SmtpSession({
    persona: postfix,
    host: 'mail.example.test',
    peer: '192.0.2.1',
    limits: { ...generous, ...limits },
  });
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

  #play(effects: readonly Effect[]): string[] {
    const said: string[] = [];
    for (const effect of effects) {
      if (effect.do === 'reply') said.push(...effect.text.split('\r\n').slice(0, -1));
      if (effect.do === 'open') this.#content = '';
      if (effect.do === 'content') this.#content += effect.bytes.toString('latin1');
      if (effect.do === 'close') this.closed = true;
      if (effect.do === 'finish') {
        this.messages.push({ ...effect.envelope, content: this.#content });
        said.push(...this.#play(this.session.settle({ kept: true, queueId: '5D665224E7C' })));
      }
    }
    return said;
  }
}
