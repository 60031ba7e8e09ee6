import type { PeerText } from '../capture/capture.ts';
import type { SmtpLimits } from './limits.ts';
import { parsePath } from './path.ts';
import type { Occasion } from './persona.ts';

/** A reply that is chosen by its occasion; `option` is the parameter that gave rise to it. */
export interface Verdict {
  readonly occasion: Occasion;
  readonly option?: PeerText;
}

const mailOptions = /^(?:SIZE=\d{1,20}|BODY=(?:7BIT|8BITMIME)|SMTPUTF8|RET=(?:FULL|HDRS)|ENVID=\S+|AUTH=\S+)$/i;
const rcptOptions = /^(?:NOTIFY=\S+|ORCPT=\S+)$/i;

/** One message's envelope while it is being given. */
export class Transaction {
  readonly from: PeerText;
  readonly #to: PeerText[] = [];
  readonly #parameters: readonly PeerText[];
  #hasRefused = false;

  private constructor(from: PeerText, parameters: readonly PeerText[]) {
    this.from = from;
    this.#parameters = parameters;
  }

  static begin(argument: PeerText, limits: SmtpLimits): Transaction | Verdict {
    const path = pathAfter(argument, 'FROM:');
    if (path === 'missing') return { occasion: 'mailSyntax' };
    if (path === 'malformed') return { occasion: 'mailMalformed' };
    const option = path.parameters.find((word) => !mailOptions.test(word));
    if (option !== undefined) return { occasion: 'unsupportedOption', option };
    if (declaredSize(path.parameters) > limits.messageSize) return { occasion: 'sizeExceeded' };
    return new Transaction(path.address, path.parameters);
  }

  get to(): readonly PeerText[] {
    return this.#to;
  }

  get parameters(): readonly PeerText[] {
    return this.#parameters;
  }

  /** Whether a recipient was offered and refused. */
  get hasRefused(): boolean {
    return this.#hasRefused;
  }

  addRecipient(argument: PeerText, limits: SmtpLimits): Verdict {
    const verdict = this.#judge(argument, limits);
    if (verdict.occasion !== 'rcpt') this.#hasRefused = true;
    return verdict;
  }

  #judge(argument: PeerText, limits: SmtpLimits): Verdict {
    const path = pathAfter(argument, 'TO:');
    if (path === 'missing') return { occasion: 'rcptSyntax' };
    if (path === 'malformed' || path.address === '') return { occasion: 'rcptMalformed' };
    const option = path.parameters.find((word) => !rcptOptions.test(word));
    if (option !== undefined) return { occasion: 'unsupportedOption', option };
    if (this.#to.length >= limits.recipients) return { occasion: 'rcptTooMany' };
    this.#to.push(path.address);
    return { occasion: 'rcpt' };
  }
}

function pathAfter(argument: PeerText, keyword: 'FROM:' | 'TO:'): ReturnType<typeof parsePath> {
  if (argument.slice(0, keyword.length).toUpperCase() !== keyword) return 'missing';
  return parsePath(argument.slice(keyword.length));
}

function declaredSize(parameters: readonly PeerText[]): number {
  const size = parameters.find((word) => /^SIZE=/i.test(word));
  return size === undefined ? 0 : Number(size.slice('SIZE='.length));
}
