import type { PeerText } from '../capture/capture.ts';

/** Parameters that are kept beside the envelope; the commands themselves are evidence too. */
const mostParameters = 100;

/** One message's envelope while it is being given. */
export class Transaction {
  readonly from: PeerText;
  /** What was declared with MAIL. */
  readonly declared: readonly PeerText[];
  readonly #to: PeerText[] = [];
  readonly #parameters: PeerText[];
  #length: number;

  constructor(from: PeerText, declared: readonly PeerText[]) {
    this.from = from;
    this.declared = declared;
    this.#parameters = [...declared];
    this.#length = lengthOf([from, ...declared]);
  }

  get to(): readonly PeerText[] {
    return this.#to;
  }

  get parameters(): readonly PeerText[] {
    return this.#parameters;
  }

  /** How long it would be with this recipient. */
  lengthWith(recipient: PeerText, parameters: readonly PeerText[]): number {
    return this.#length + lengthOf([recipient, ...parameters]);
  }

  add(recipient: PeerText, parameters: readonly PeerText[]): void {
    this.#length = this.lengthWith(recipient, parameters);
    this.#to.push(recipient);
    if (this.#parameters.length < mostParameters) this.#parameters.push(...parameters);
  }
}

function lengthOf(texts: readonly PeerText[]): number {
  return texts.reduce((sum, { length }) => sum + length, 0);
}
