import type { TlsFacts } from '../../src/lib/capture/capture.ts';
import type { Effect, Settlement } from '../../src/lib/smtp/effect.ts';
import type { SmtpSession } from '../../src/lib/smtp/session.ts';
import { peerBytes } from '../../src/lib/text/peer-text.ts';

export interface Kept {
  readonly from: string;
  readonly to: readonly string[];
  /** As latin1, so that every byte shows in a difference. */
  readonly content: string;
  readonly traits: { readonly bareCr: number; readonly bareLf: number };
}

export const tlsFacts: TlsFacts = { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' };

type Owed = 'nothing' | 'settlement' | 'handshake';

/**
 * Plays a session and is strict with it: whatever effects do not fit together throws. Surroundings that were this
 * strict would have ended the session, or lost a message.
 */
export class StrictPlayer {
  readonly session: SmtpSession;
  readonly messages: Kept[] = [];
  readonly limits: string[] = [];
  /** All that was said, as latin1. */
  said = '';
  isClosed = false;
  owed: Owed = 'nothing';
  #content: string | undefined;

  constructor(session: SmtpSession) {
    this.session = session;
    if (session.awaits === 'handshake') {
      this.owed = 'handshake';
      this.secure();
    }
    this.#play(session.greet());
  }

  /** The lines that were said, each without its CRLF. */
  get lines(): readonly string[] {
    return this.said.split('\r\n').slice(0, -1);
  }

  /** Every reply's last line. */
  get finals(): readonly string[] {
    return this.lines.filter((line) => line[3] === ' ');
  }

  receive(bytes: Buffer): void {
    this.#play(this.session.receive(bytes));
  }

  settle(settlement: Settlement): void {
    if (this.owed !== 'settlement') throw new Error('nothing is to be settled');
    this.owed = 'nothing';
    this.#play(this.session.settle(settlement));
  }

  secure(): void {
    if (this.owed !== 'handshake') throw new Error('there is no handshake');
    this.owed = 'nothing';
    this.#play(this.session.secured(tlsFacts));
  }

  end(occasion: 'timeout' | 'shutdown'): void {
    this.#play(this.session.end(occasion, occasion));
    this.owed = 'nothing';
  }

  #play(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (this.isClosed) throw new Error(`after the close comes ${effect.do}`);
      this.#take(effect);
    }
  }

  #take(effect: Effect): void {
    switch (effect.do) {
      case 'reply': {
        const text = peerBytes(effect.text).toString('latin1');
        checkReplies(text);
        this.said += text;
        return;
      }
      case 'wait':
        if (!(effect.ms > 0)) throw new Error(`a wait of ${effect.ms} ms`);
        return;
      case 'limit':
        if (this.limits.includes(effect.limit)) throw new Error(`${effect.limit} is told twice`);
        this.limits.push(effect.limit);
        return;
      case 'tried':
        return;
      case 'open':
        if (this.#content !== undefined) throw new Error('opened twice');
        this.#content = '';
        return;
      case 'content':
        if (this.#content === undefined) throw new Error('content of nothing');
        this.#content += effect.bytes.toString('latin1');
        return;
      case 'discard':
        if (this.#content === undefined) throw new Error('nothing to discard');
        this.#content = undefined;
        return;
      case 'finish': {
        if (this.#content === undefined) throw new Error('nothing to finish');
        if (this.owed !== 'nothing') throw new Error(`finished while ${this.owed} is owed`);
        const { envelope, traits } = effect.message;
        this.messages.push({ ...envelope, content: this.#content, traits });
        this.#content = undefined;
        this.owed = 'settlement';
        return;
      }
      case 'startTls':
        if (this.#content !== undefined) throw new Error('content goes on under TLS');
        this.owed = 'handshake';
        return;
      case 'close':
        if (this.#content !== undefined) throw new Error('closed with a message half open');
        this.isClosed = true;
    }
  }
}

/** Each line whole and with a code, and the lines of one reply with the same code. */
export function checkReplies(text: string): void {
  if (!text.endsWith('\r\n')) throw new Error(`no whole line: ${JSON.stringify(text.slice(-200))}`);
  let before = '';
  for (const line of text.slice(0, -2).split('\r\n')) {
    if (!/^[2-5]\d\d[ -]/.test(line)) throw new Error(`no reply: ${JSON.stringify(line)}`);
    if (/[\r\n]/.test(line)) throw new Error(`a bare line end in ${JSON.stringify(line)}`);
    if (before !== '' && before !== line.slice(0, 3)) throw new Error(`${before} goes on with ${line}`);
    before = line[3] === '-' ? line.slice(0, 3) : '';
  }
  if (before !== '') throw new Error(`the last reply is not complete: ${before}-`);
}
