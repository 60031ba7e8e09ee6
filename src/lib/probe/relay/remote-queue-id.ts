import type { PeerText } from '../../capture/capture.ts';
import type { Reply } from './reply.ts';

// What follows is what people look for in the log of the other side.
const forms: readonly RegExp[] = [
  /\bqueued as ([\w.-]+)/i, // Postfix, Haraka, OpenSMTPD's kin
  /\bid=([\w.-]+)/, // Exim
  /^2\.0\.0 ([\w.-]+) Message accepted for delivery/m, // Sendmail
  /^2\.0\.0: ([\w.-]+) Message accepted for delivery/m, // OpenSMTPD
  /^2\.0\.0 OK +([\w.-]+(?: [\w.-]+)?) - gsmtp/m, // Gmail
  /\[InternalId=(\d+)/, // Exchange
  /\bqp (\d+)/, // qmail
  /\bqueued(?: with)?(?: id)?[: ]+<?([\w.-]*\d[\w.-]*)/i,
];

/** The name by which the server that took a message knows it, where its reply has one. */
export function remoteQueueId({ text }: Reply): PeerText | undefined {
  for (const form of forms) {
    const id = form.exec(text)?.[1];
    if (id !== undefined && id.length <= 128) return id;
  }
  return undefined;
}
