import type { MailAddress } from './mail-address.ts';
import { isForGood, isSuccess, type Reply } from './reply.ts';
import type { RecipientReport } from './report.ts';

/** What became of each recipient, over all servers. */
export class RecipientLedger {
  readonly #recipients: readonly MailAddress[];
  readonly #replies = new Map<MailAddress, Reply>();
  #taken: ReadonlySet<MailAddress> = new Set();

  constructor(recipients: readonly MailAddress[]) {
    this.#recipients = recipients;
  }

  /** Whom the next server may be asked about: a no for good is for good everywhere. */
  get open(): readonly MailAddress[] {
    return this.#recipients.filter((recipient) => {
      const reply = this.#replies.get(recipient);
      return reply === undefined || !isForGood(reply);
    });
  }

  /** The answers of one server about those who were open, in their order. */
  record(answers: readonly Reply[]): void {
    const asked = this.open;
    this.#taken = new Set(asked.filter((_, index) => answers[index] && isSuccess(answers[index])));
    for (const [index, reply] of answers.entries()) this.#replies.set(asked[index]!, reply);
  }

  reports(): readonly RecipientReport[] {
    return this.#recipients.map((recipient) => {
      const reply = this.#replies.get(recipient);
      return { address: recipient.given, accepted: this.#taken.has(recipient), ...(reply && { reply }) };
    });
  }
}
