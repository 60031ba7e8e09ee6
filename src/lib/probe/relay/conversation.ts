import type { PeerText } from '../../capture/capture.ts';
import { noExtensions, readExtensions, type Extensions } from './extensions.ts';
import type { MailAddress } from './mail-address.ts';
import { phaseWords, type Phase } from './phase.ts';
import { isForGood, isForNow, isSuccess, ReplyReader, replyText, type Reply } from './reply.ts';
import { whatIsMissing } from './what-is-missing.ts';
import type { Verdict } from './verdict.ts';

/** What is to be said on one connection. */
export interface Transaction {
  readonly heloName: string;
  readonly sender: MailAddress;
  readonly recipients: readonly MailAddress[];
  readonly size: number;
  readonly isEightBit: boolean;
  readonly startTls: 'whenOffered' | 'never';
}

/** What the socket has to do next. */
export type Step =
  | { readonly is: 'say'; readonly line: string }
  | { readonly is: 'startTls' }
  /** The content, without the dot that ends it; then `dotLeaves()`, then the dot. */
  | { readonly is: 'sendContent' }
  | { readonly is: 'hangUp' };

const hangUp: Step = { is: 'hangUp' };

/**
 * The client's side of SMTP (RFC 5321), pure: bytes in, steps out. One command at a time, so that it is always clear
 * what a reply is about. Nothing that a server does throws.
 */
export class Conversation {
  readonly #transaction: Transaction;
  readonly #reader = new ReplyReader();
  readonly #answers: Reply[] = [];
  #phase: Phase = 'connecting';
  #greets: 'EHLO' | 'HELO' = 'EHLO';
  #isSecure = false;
  #extensions: Extensions = noExtensions;
  #tlsRefusal: Reply | undefined;
  #verdict: Verdict | undefined;
  #farewell: Reply | undefined;

  constructor(transaction: Transaction) {
    this.#transaction = transaction;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Undefined as long as it is open. */
  get verdict(): Verdict | undefined {
    return this.#verdict;
  }

  /** The answers to the recipients, in their order; fewer where the server was not asked about all of them. */
  get answers(): readonly Reply[] {
    return this.#answers;
  }

  /** What was said to STARTTLS where that was no. */
  get tlsRefusal(): Reply | undefined {
    return this.#tlsRefusal;
  }

  /** The answer to QUIT. */
  get farewell(): Reply | undefined {
    return this.#farewell;
  }

  connected(): void {
    this.#phase = 'greeting';
  }

  receive(chunk: Buffer): readonly Step[] {
    // After STARTTLS the next bytes belong to the handshake, and at the end nobody asks any more.
    if (this.#phase === 'handshake' || this.#phase === 'over') return [];
    this.#reader.take(chunk);
    const steps: Step[] = [];
    for (;;) {
      const reading = this.#reader.next();
      if (reading.is === 'incomplete') return steps;
      if (reading.is === 'nonsense') return [...steps, ...this.lost(reading.why)];
      steps.push(...this.#answered(reading.reply));
      const now = steps.at(-1)?.is;
      if (now === 'startTls' || now === 'hangUp') {
        this.#reader.forget();
        return steps;
      }
    }
  }

  secured(): readonly Step[] {
    this.#isSecure = true;
    return this.#introduce();
  }

  dotLeaves(): void {
    this.#phase = 'dot';
  }

  /** The connection is of no more use; what that means depends on how far it had come. */
  lost(why: string): readonly Step[] {
    this.#verdict ??= { is: this.#phase === 'dot' ? 'uncertain' : 'lost', why };
    this.#phase = 'over';
    return [hangUp];
  }

  #answered(reply: Reply): readonly Step[] {
    // With 421 a server closes, whatever it was asked.
    if (reply.code === 421 && this.#phase !== 'quit') return [...this.#decide(noFor(this.#phase, reply)), hangUp];
    switch (this.#phase) {
      case 'greeting':
        return isSuccess(reply) ? this.#introduce() : this.#no(reply);
      case 'hello':
        return this.#introduced(reply);
      case 'startTls':
        return this.#mayStartTls(reply);
      case 'sender':
        return isSuccess(reply) ? this.#nextRecipient() : this.#no(reply);
      case 'recipients':
        return this.#recipientAnswered(reply);
      case 'data':
        if (reply.code !== 354) return this.#no(reply);
        this.#phase = 'content';
        return [{ is: 'sendContent' }];
      case 'content':
        // A server may give up on a message in the middle; that it has taken one it does not have is no answer.
        return this.#no(reply);
      case 'dot':
        return isSuccess(reply) ? this.#leave({ is: 'relayed', reply }) : this.#no(reply);
      case 'quit':
        this.#farewell = reply;
        this.#phase = 'over';
        return [hangUp];
      case 'connecting':
      case 'handshake':
      case 'over':
        return [];
    }
  }

  #introduce(): readonly Step[] {
    this.#phase = 'hello';
    return [say(`${this.#greets} ${this.#transaction.heloName}`)];
  }

  #introduced(reply: Reply): readonly Step[] {
    if (!isSuccess(reply)) {
      if (this.#greets === 'HELO' || !isForGood(reply)) return this.#no(reply);
      this.#greets = 'HELO';
      return this.#introduce();
    }
    this.#extensions = this.#greets === 'EHLO' ? readExtensions(reply) : noExtensions;
    const wantsTls = this.#transaction.startTls === 'whenOffered' && !this.#isSecure;
    if (!wantsTls || !this.#extensions.startTls) return this.#nameSender();
    this.#phase = 'startTls';
    return [say('STARTTLS')];
  }

  #mayStartTls(reply: Reply): readonly Step[] {
    if (!isSuccess(reply)) {
      this.#tlsRefusal = reply;
      return this.#nameSender();
    }
    this.#phase = 'handshake';
    // What was offered in the clear may have been put there by anybody, and all is asked again (RFC 3207, 4.2).
    this.#greets = 'EHLO';
    return [{ is: 'startTls' }];
  }

  #nameSender(): readonly Step[] {
    const why = whatIsMissing(this.#extensions, this.#transaction);
    if (why !== undefined) return this.#leave({ is: 'unfit', why });
    const { sender, recipients, size, isEightBit } = this.#transaction;
    this.#phase = 'sender';
    const parameters = [
      ...(this.#extensions.size === 'unasked' ? [] : [` SIZE=${size}`]),
      ...(isEightBit ? [' BODY=8BITMIME'] : []),
      ...([sender, ...recipients].some(({ needsSmtpUtf8 }) => needsSmtpUtf8) ? [' SMTPUTF8'] : []),
    ];
    return [say(`MAIL FROM:<${sender.said}>${parameters.join('')}`)];
  }

  #nextRecipient(): readonly Step[] {
    this.#phase = 'recipients';
    return [say(`RCPT TO:<${this.#transaction.recipients[this.#answers.length]!.said}>`)];
  }

  #recipientAnswered(reply: Reply): readonly Step[] {
    if (!isSuccess(reply) && !isForNow(reply) && !isForGood(reply)) return this.#no(reply);
    this.#answers.push(reply);
    if (this.#answers.length < this.#transaction.recipients.length) return this.#nextRecipient();
    if (!this.#answers.some(isSuccess)) return this.#no(this.#answers.find(isForNow) ?? reply);
    this.#phase = 'data';
    return [say('DATA')];
  }

  #no(reply: Reply): readonly Step[] {
    const verdict = noFor(this.#phase, reply);
    if (verdict.is === 'lost' || verdict.is === 'uncertain') return this.lost(verdict.why);
    // In the middle of the content QUIT would be a line of it.
    return this.#phase === 'content' ? [...this.#decide(verdict), hangUp] : this.#leave(verdict);
  }

  #leave(verdict: Verdict): readonly Step[] {
    this.#verdict ??= verdict;
    this.#phase = 'quit';
    return [say('QUIT')];
  }

  #decide(verdict: Verdict): readonly Step[] {
    this.#verdict ??= verdict;
    this.#phase = 'over';
    return [];
  }
}

function say(line: PeerText): Step {
  return { is: 'say', line };
}

/** What a reply means that is not the one that was hoped for. */
function noFor(phase: Phase, reply: Reply): Verdict {
  if (isForGood(reply)) return { is: 'refused', reply };
  // A 4xx after the dot is an answer too, and the message is not offered elsewhere after that.
  if (isForNow(reply)) return { is: phase === 'dot' ? 'refused' : 'postponed', reply };
  const why = `the server answered ${replyText(reply)} to ${phaseWords(phase)}`;
  return { is: phase === 'dot' ? 'uncertain' : 'lost', why };
}
