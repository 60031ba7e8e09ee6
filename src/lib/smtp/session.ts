import type { PeerText, SessionEnd } from '../capture/capture.ts';
import { peerText } from '../text/peer-text.ts';
import { DataReader } from './data-reader.ts';
import type { Dialogue, SessionCounts } from './dialogue.ts';
import type { Effect, Settlement } from './effect.ts';
import type { SmtpLimits } from './limits.ts';
import { fill, type Occasion, type Persona, type ReplyWords } from './persona.ts';
import type { Transaction } from './transaction.ts';
import { verbs } from './verbs.ts';

const LF = 0x0a;
const CR = 0x0d;
const nothing = Buffer.alloc(0);

/** What the session is waiting for. */
type Phase = 'command' | 'restOfLongLine' | 'content' | 'settlement' | 'nothing';

export interface SessionSettings {
  readonly persona: Persona;
  readonly host: string;
  readonly peer: string;
  readonly limits: SmtpLimits;
}

/**
 * One SMTP session as a pure state machine: bytes go in, effects come out. It owns no socket and no clock, so every
 * dialogue and every timing can be played in a test.
 */
export class SmtpSession implements Dialogue {
  readonly #persona: Persona;
  readonly #limits: SmtpLimits;
  readonly #words: ReplyWords;
  readonly #counts = { commands: 0, errors: 0, messages: 0 };
  #phase: Phase = 'command';
  #input: Buffer = nothing;
  #effects: Effect[] = [];
  #spoken = '';
  #content: DataReader | undefined;
  #contentLength = 0;
  #transaction: Transaction | undefined;
  #greeting: { readonly protocol: 'SMTP' | 'ESMTP'; readonly name: PeerText } | undefined;

  constructor({ persona, host, peer, limits }: SessionSettings) {
    this.#persona = persona;
    this.#limits = limits;
    this.#words = { host, peer, size: String(limits.messageSize) };
  }

  get helo(): PeerText | undefined {
    return this.#greeting?.name;
  }

  get protocol(): 'SMTP' | 'ESMTP' {
    return this.#greeting?.protocol ?? 'SMTP';
  }

  get counts(): SessionCounts {
    return this.#counts;
  }

  /** Bytes that came in before the session was ready for them. */
  get pendingInput(): number {
    return this.#phase === 'settlement' || this.#phase === 'nothing' ? this.#input.length : 0;
  }

  /** Whether a message is under way that the peer still expects an answer to. */
  get isBusy(): boolean {
    return this.#phase === 'content' || this.#phase === 'settlement' || this.#transaction !== undefined;
  }

  greet(): Effect[] {
    this.say('greeting');
    return this.#takeEffects();
  }

  receive(chunk: Buffer): Effect[] {
    if (this.#phase === 'nothing') return [];
    this.#input = this.#input.length === 0 ? chunk : Buffer.concat([this.#input, chunk]);
    this.#consume();
    return this.#takeEffects();
  }

  /** The finished message was kept, or it was not; the dialogue goes on with what came in meanwhile. */
  settle(settlement: Settlement): Effect[] {
    if (this.#phase !== 'settlement') return [];
    if (settlement.kept) this.say('queued', { id: settlement.queueId });
    else this.refuse(settlement.why === 'full' ? 'storageFull' : 'storageFailed');
    this.#endMessage();
    this.#consume();
    return this.#takeEffects();
  }

  /** Ends the session from our side. */
  end(occasion: 'timeout' | 'shutdown' | 'tooManyConnections', why: SessionEnd): Effect[] {
    this.say(occasion);
    this.close(why);
    return this.#takeEffects();
  }

  // What follows is Dialogue: the session as the verbs see it.

  get transaction(): Transaction | undefined {
    return this.#transaction;
  }

  get limits(): SmtpLimits {
    return this.#limits;
  }

  say(occasion: Occasion, words?: ReplyWords): void {
    this.#spoken += `${fill(this.#persona.replies[occasion], words ? { ...this.#words, ...words } : this.#words)}\r\n`;
  }

  refuse(occasion: Occasion, words?: ReplyWords): void {
    this.say(occasion, words);
    this.#counts.errors++;
  }

  sayFeatures(): void {
    const lines = [fill(this.#persona.replies.helo, this.#words).slice('250 '.length), ...this.#persona.features];
    const last = lines.length - 1;
    for (const [index, line] of lines.entries()) {
      this.#spoken += `250${index === last ? ' ' : '-'}${fill(line, this.#words)}\r\n`;
    }
  }

  introduce(protocol: 'SMTP' | 'ESMTP', name: PeerText): void {
    this.#greeting = { protocol, name };
    this.reset();
  }

  begin(transaction: Transaction): void {
    this.#transaction = transaction;
  }

  reset(): void {
    this.#transaction = undefined;
  }

  expectContent(): void {
    this.#phase = 'content';
    this.#content = new DataReader();
    this.#contentLength = 0;
    this.#do({ do: 'open' });
  }

  close(why: SessionEnd): void {
    if (this.#phase === 'nothing') return;
    if (this.#phase === 'content' && !this.#isTooLong) this.#do({ do: 'discard' });
    this.#phase = 'nothing';
    this.#input = nothing;
    this.#do({ do: 'close', why });
  }

  #consume(): void {
    let at = 0;
    while (at < this.#input.length) {
      const before = at;
      if (this.#phase === 'content') at = this.#consumeContent(at);
      else if (this.#phase === 'command' || this.#phase === 'restOfLongLine') at = this.#consumeLine(at);
      if (at === before) break;
    }
    this.#input = at >= this.#input.length ? nothing : this.#input.subarray(at);
  }

  #consumeLine(at: number): number {
    const end = this.#input.indexOf(LF, at);
    const length = (end < 0 ? this.#input.length : end) - at;
    if (this.#phase === 'restOfLongLine') {
      if (end >= 0) this.#phase = 'command';
      return end < 0 ? this.#input.length : end + 1;
    }
    if (length > this.#limits.commandLine) {
      // The rest of the line is no new command, whatever it says.
      this.#phase = 'restOfLongLine';
      this.#counts.commands++;
      this.refuse('lineTooLong');
      this.#endAfterTooManyErrors();
      return at + this.#limits.commandLine;
    }
    if (end < 0) return at;
    const lineEnd = end > at && this.#input[end - 1] === CR ? end - 1 : end;
    this.#command(peerText(this.#input.subarray(at, lineEnd)));
    return end + 1;
  }

  #command(line: PeerText): void {
    this.#counts.commands++;
    const trimmed = line.trim();
    const blank = trimmed.search(/[ \t]/);
    const verb = (blank < 0 ? trimmed : trimmed.slice(0, blank)).toUpperCase();
    const argument = blank < 0 ? '' : trimmed.slice(blank).trim();
    const known = verbs.get(verb);
    if (known) known(this, argument);
    else if (verb === '') this.refuse('emptyLine');
    else if (this.#isForeign(verb)) this.#endWith('notSmtp');
    else this.refuse('unknown');
    this.#endAfterTooManyErrors();
  }

  // A header line means that a body arrives where commands should: HTTP requests with a message inside look like that.
  #isForeign(verb: string): boolean {
    return this.#persona.foreignVerbs.includes(verb) || /^[!-9;-~]+:/.test(verb);
  }

  #endAfterTooManyErrors(): void {
    if (this.#counts.errors >= this.#limits.errors) this.#endWith('tooManyErrors');
  }

  #endWith(occasion: Occasion): void {
    if (this.#phase === 'nothing') return;
    this.say(occasion);
    this.close('limit');
  }

  #consumeContent(at: number): number {
    const end = this.#content!.read(this.#input, at, (content) => this.#take(content));
    if (end < 0) return this.#input.length;
    const { from, to, parameters } = this.#transaction!;
    if (this.#isTooLong) {
      this.refuse('messageTooBig');
      this.#endMessage();
      this.#endAfterTooManyErrors();
    } else {
      this.#do({ do: 'finish', envelope: { from, to }, parameters });
      this.#phase = 'settlement';
    }
    return end;
  }

  #take(content: Buffer): void {
    if (this.#isTooLong) return;
    this.#contentLength += content.length;
    this.#do(this.#isTooLong ? { do: 'discard' } : { do: 'content', bytes: content });
  }

  get #isTooLong(): boolean {
    return this.#contentLength > this.#limits.messageSize;
  }

  #endMessage(): void {
    this.#content = undefined;
    this.#counts.messages++;
    this.#phase = 'command';
    this.reset();
  }

  // Replies that follow one another leave as one: a pipelining client gets them in one segment.
  #do(effect: Effect): void {
    this.#flushReplies();
    this.#effects.push(effect);
  }

  #flushReplies(): void {
    if (this.#spoken === '') return;
    this.#effects.push({ do: 'reply', text: this.#spoken });
    this.#spoken = '';
  }

  #takeEffects(): Effect[] {
    this.#flushReplies();
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }
}
