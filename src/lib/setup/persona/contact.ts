import { exitCodes, Fault } from '../../errors.ts';
import { isSuccess, quoted, type Answer } from './answer.ts';
import type { Server } from './connection.ts';
import type { Interview } from './interview.ts';
import { offerIn, offersTls, type Offer } from './offer.ts';
import { ownAddress, ownName, type Asked, type Question } from './question.ts';

/** What has to be known of a server before the rest can be asked. */
export interface Contact {
  /** What was asked to learn it. */
  readonly asked: readonly Asked[];
  /** The names by which it calls itself. */
  readonly hosts: readonly string[];
  /** What is offered in clear, or from the first byte in TLS. */
  readonly offer: Offer | 'nothing' | 'unknown';
  /** What is offered after STARTTLS. */
  readonly offerInTls: Offer | undefined;
  readonly mechanisms: readonly string[];
  /** Whether logins are offered only after STARTTLS. */
  readonly wantsTlsForLogin: boolean;
  /** The lines that lead into TLS, where it is to be had. */
  readonly toTls: readonly string[] | undefined;
  readonly hello: string;
  /** A command that names a sender whom the server takes, if it takes any. */
  readonly from: string;
}

export async function makeContact(server: Server, interview: Interview): Promise<Contact> {
  const greeting = await firstWords(server, interview);
  const ehloLine = `EHLO ${ownName}`;
  const ehlo = await interview.ask([ehloLine]);
  const offer = ehlo.is === 'missing' ? 'unknown' : isSuccess(ehlo.text) ? offerIn(ehlo.text) : 'nothing';
  const hello = offer === 'nothing' ? `HELO ${ownName}` : ehloLine;
  const toTls = server.tls === 'starttls' && isOffer(offer) && offersTls(offer) ? [hello, 'STARTTLS'] : undefined;
  const inTls = toTls && (await interview.ask([...toTls, hello]));
  const offerInTls = inTls?.is === 'reply' && isSuccess(inTls.text) ? offerIn(inTls.text) : undefined;
  const inClear = isOffer(offer) ? offer.mechanisms : [];
  const mechanisms = offerInTls?.mechanisms.length ? offerInTls.mechanisms : inClear;
  const { from, mail } = await findSender(interview, hello);
  return {
    asked: [
      { question: { occasion: 'greeting', lines: [], expects: 'success' }, answer: greeting },
      { question: { occasion: 'ehlo', lines: [ehloLine], expects: 'success' }, answer: firstLine(ehlo) },
      mail,
    ],
    hosts: [...new Set([greeting, ehlo].map(hostIn).filter((host) => host !== undefined))],
    offer,
    offerInTls,
    mechanisms,
    wantsTlsForLogin: inClear.length === 0 && mechanisms.length > 0,
    toTls,
    hello,
    from,
  };
}

async function firstWords({ host, port, tls }: Server, interview: Interview): Promise<Answer> {
  const first = await interview.ask([]);
  const greeting = first.is === 'reply' ? first : await interview.ask([]);
  if (greeting.is === 'reply' && isSuccess(greeting.text)) return greeting;
  if (greeting.is === 'reply') {
    throw new Fault(`${host} port ${port} takes no connection from here, and says ${quoted(greeting.text)}.`, {
      code: 'persona.refused',
      fix: 'Try again later, or from an address that the server talks to.',
      exit: exitCodes.failed,
    });
  }
  const implicit = tls === 'starttls' ? ' Where TLS begins with the first byte, add --tls implicit.' : '';
  throw new Fault(`No conversation with ${host} port ${port}: ${greeting.why}.`, {
    code: 'persona.no-conversation',
    fix: `Check host and port, and that a mail server listens there.${implicit}`,
    exit: exitCodes.failed,
  });
}

/** Some servers know too much of our domain to take mail from it; the empty sender is everybody's (RFC 5321, 4.5.5). */
async function findSender(
  interview: Interview,
  hello: string,
): Promise<{ readonly from: string; readonly mail: Asked }> {
  const usual = await ask(ownAddress);
  if (isTaken(usual)) return usual;
  const empty = await ask('');
  return isTaken(empty) ? empty : usual;

  async function ask(sender: string) {
    const from = `MAIL FROM:<${sender}>`;
    const repeated = sender === '' ? {} : { argument: sender };
    const question: Question = { occasion: 'mail', lines: [hello, from], expects: 'success', ...repeated };
    return { from, mail: { question, answer: await interview.ask(question.lines) } };
  }
}

function isTaken({ mail: { answer } }: { readonly mail: Asked }): boolean {
  return answer.is === 'reply' && isSuccess(answer.text);
}

function isOffer(offer: Contact['offer']): offer is Offer {
  return typeof offer !== 'string';
}

/** The lines after it are an offer, and no words of the persona. */
function firstLine(answer: Answer): Answer {
  if (answer.is === 'missing' || !isSuccess(answer.text)) return answer;
  return { ...answer, text: answer.text.split('\n', 1)[0]!.replace(/^250-/, '250 ') };
}

/** What follows the code, where it is a name or an address. */
function hostIn(answer: Answer): string | undefined {
  const word = answer.is === 'reply' ? /^2\d\d[ -](\S+)/.exec(answer.text)?.[1] : undefined;
  return word !== undefined && /^(?:[\w-]+(?:\.[\w-]+)+|\[[\da-f.:]+\])$/i.test(word) ? word : undefined;
}
