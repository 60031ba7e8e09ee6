import type { PeerText } from '../capture/capture.ts';
import { printableWithin } from '../text/printable.ts';
import { pythonBytes, pythonText } from '../text/python-literal.ts';

/** What a server said at the end of a command: the code, and the text behind it. */
export interface RemoteReply {
  readonly code: number;
  readonly text: PeerText;
}

/** How the attempt to relay a probe ended. */
export interface RelayReport {
  /** The recipients that were refused, with the replies; absent when an exception has left that unknown. */
  readonly refused?: ReadonlyMap<PeerText, RemoteReply>;
  /** The reply to QUIT. */
  readonly quit?: RemoteReply;
  /** What went wrong on our side or on the way, in words. */
  readonly exception?: string;
  readonly server?: string;
  readonly port?: number;
  /** Version and cipher; absent when it went in clear. */
  readonly tls?: string;
  /** The last word on the message: to its final dot, or to what kept it from coming so far. */
  readonly reply?: RemoteReply;
  readonly queueId?: PeerText;
}

// RFC 5322 allows a line 998 characters. What stands beside a value has room within what is left.
const longestValue = 900;
const longestWord = 300;
const longestReply = 500;

const none = 'None';

/** What is known before anything is sent. */
export function attemptHeaders(localTime: string, recipients: readonly PeerText[]): string[] {
  return [
    `X-Relay-Sendmail-Date: ${localTime}`,
    `X-Relay-Sendmail-Recipients: ${asManyAsFit(recipients.map((each) => printableWithin(each, longestWord)))}`,
  ];
}

/** What is known afterwards; the first three as FakeOpenSmtpRelay writes them, in the words of Python. */
export function reportHeaders({ refused, quit, exception, server, port, tls, reply, queueId }: RelayReport): string[] {
  return [
    `X-Relay-Sendmail-Sent: ${refused ? refusals(refused) : none}`,
    `X-Relay-Sendmail-Quit: ${quit ? pair(quit) : none}`,
    `X-Relay-Sendmail-Exception: ${text(exception)}`,
    `X-Relay-Sendmail-Server: ${text(server)}`,
    `X-Relay-Sendmail-Port: ${port ?? none}`,
    `X-Relay-Sendmail-TLS: ${text(tls)}`,
    `X-Relay-Sendmail-Reply: ${text(reply && `${reply.code} ${reply.text}`)}`,
    `X-Relay-Sendmail-Queue-Id: ${text(queueId)}`,
  ];
}

function refusals(refused: ReadonlyMap<PeerText, RemoteReply>): string {
  const entries = [...refused].map(([recipient, reply]) => `${pythonText(recipient, longestWord)}: ${pair(reply)}`);
  return `{${asManyAsFit(entries)}}`;
}

function pair({ code, text }: RemoteReply): string {
  return `(${code}, ${pythonBytes(text, longestReply)})`;
}

function text(value: string | undefined): string {
  return value === undefined ? none : printableWithin(value, longestValue);
}

function asManyAsFit(items: readonly string[]): string {
  let list = '';
  for (const item of items) {
    const longer = list === '' ? item : `${list}, ${item}`;
    if (longer.length > longestValue) return `${list}, ...`;
    list = longer;
  }
  return list;
}
