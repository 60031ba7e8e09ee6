import type { ContentTraits } from '../capture/capture.ts';
import type { Effect } from './effect.ts';
import type { SmtpLimit, SmtpLimits } from './limits.ts';
import { MessageContent } from './message-content.ts';
import type { Occasion } from './persona.ts';

/** The content of one message on its way out of the session, as long as it is worth keeping. */
export class IncomingMessage {
  readonly #content: MessageContent;
  readonly #do: (effect: Effect) => void;
  #isOpen = true;
  #isSpoilt = false;

  constructor(limits: SmtpLimits, perform: (effect: Effect) => void) {
    this.#content = new MessageContent(limits);
    this.#do = perform;
    perform({ do: 'open' });
  }

  /** Whether the peer was told that nothing will become of this message. */
  get isSpoilt(): boolean {
    return this.#isSpoilt;
  }

  /** The limit that was passed, and what is said of it. */
  get excess(): { readonly limit: SmtpLimit; readonly refusal: Occasion } | undefined {
    const { overrun: limit, refusal } = this.#content;
    return limit === undefined || refusal === undefined ? undefined : { limit, refusal };
  }

  get traits(): ContentTraits {
    return this.#content.traits;
  }

  get lengthOfLines(): number {
    return this.#content.lengthOfLines;
  }

  take(bytes: Buffer): void {
    if (!this.#isOpen) return;
    this.#content.take(bytes);
    if (this.#content.overrun === undefined) this.#do({ do: 'content', bytes });
    else this.drop();
  }

  /** Nothing of it is kept. */
  drop(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#do({ do: 'discard' });
  }

  /** As drop(), and what still comes is read for nothing. */
  spoil(): void {
    this.#isSpoilt = true;
    this.drop();
  }

  /** It is complete, and in other hands. */
  handOver(): void {
    this.#isOpen = false;
  }
}
