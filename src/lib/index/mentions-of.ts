import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import type { SourceHints, TriedCredentials } from '../capture/capture.ts';
import { plainAddress } from '../net/plain-address.ts';
import type { MessageRecord, Place, SessionRecord } from './record.ts';
import type { TermKind } from './schema.ts';

export type Mention = readonly [kind: TermKind, value: string];

const mostRecipients = 10_000;
const longestText = 250;

/** Everything by which a message can be found. */
export function mentionsOfMessage({ facts, contents }: MessageRecord, placeOf: (peer: string) => Place): Mention[] {
  const { envelope, evidence, source, rules, tags = [] } = facts;
  const recipients = envelope.to.slice(0, mostRecipients);
  return [
    ...(source === undefined ? [['from', envelope.from] as const] : [['mailbox', source.account] as const]),
    ...all('to', recipients),
    ...all('domain', new Set(recipients.map(domainOf))),
    ...(evidence === undefined ? [] : peerMentions(evidence, placeOf)),
    ...(source?.hints === undefined ? [] : hintMentions(source.hints, placeOf)),
    ...all('tag', tags),
    ...all(
      'rule',
      (rules?.matches ?? []).map(({ rule }) => rule),
    ),
    ...(contents === undefined ? [] : contentMentions(contents)),
  ];
}

export function mentionsOfSession({ session }: SessionRecord, placeOf: (peer: string) => Place): Mention[] {
  return [
    ...peerMentions(session, placeOf),
    ...all(
      'rule',
      (session.rules ?? []).map(({ rule }) => rule),
    ),
    ...(session.scan === undefined ? [] : [['scan', session.scan] as const]),
  ];
}

/** What an older relay wrote into a maildir; for messages from elsewhere there are no hints. */
function hintMentions({ peer, from, to }: SourceHints, placeOf: (peer: string) => Place): Mention[] {
  const address = peer === undefined ? undefined : /[\da-f]*[.:][\da-f.:]+/i.exec(peer)?.[0];
  return [
    ...(address !== undefined && isIP(address) !== 0 ? peerMentions({ peer: { address } }, placeOf) : []),
    ...(from === undefined ? [] : [['author', from] as const]),
    ...all(
      'reader',
      (to ?? '').split(/,\s*/).filter((each) => each !== ''),
    ),
  ];
}

function contentMentions(contents: NonNullable<MessageRecord['contents']>): Mention[] {
  const { subject = '', authors, readers, text, urls, attachments } = contents;
  return [
    ['subject', subject],
    ...all('author', authors),
    ...all('reader', readers),
    ...(text.trim() === '' ? [] : [['text', preview(text)] as const]),
    ...all('url', urls),
    ...all('host', new Set(urls.map(hostOf).filter((host) => host !== ''))),
    ...attachments.flatMap(({ name, type, sha256 }): Mention[] => [
      ['file', name],
      ['type', type],
      ['hash', sha256],
    ]),
  ];
}

function peerMentions(
  seen: {
    readonly peer: { readonly address: string };
    readonly helo?: string;
    readonly credentials?: readonly TriedCredentials[];
  },
  placeOf: (peer: string) => Place,
): Mention[] {
  const peer = plainAddress(seen.peer.address);
  const { country, network } = placeOf(peer);
  return [
    ['peer', peer],
    ...(seen.helo === undefined ? [] : [['helo', seen.helo] as const]),
    ...(country === undefined ? [] : [['country', country] as const]),
    ...(network === undefined ? [] : [['network', network] as const]),
    ...(seen.credentials ?? []).flatMap(credentialMentions),
  ];
}

function credentialMentions({ user, password, raw, token }: TriedCredentials): Mention[] {
  const secret = password ?? token;
  return [
    ...((user ?? raw) === undefined ? [] : [['user', (user ?? raw)!] as const]),
    ...(secret === undefined ? [] : [['password', secret] as const]),
    ...(user === undefined || secret === undefined ? [] : [['login', `${user} / ${secret}`] as const]),
  ];
}

function all(kind: TermKind, values: Iterable<string>): Mention[] {
  return Array.from(values, (value) => [kind, value] as const);
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}

/** The beginning of what a reader would see, with one blank where there are many. */
function preview(text: string): string {
  return text
    .slice(0, 8 * longestText)
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, longestText);
}

/** The host of a link, without a user or a port that make it look like another one. */
function hostOf(url: string): string {
  const authority = /^[a-z+]+:\/\/([^/?#]*)/i.exec(url)?.[1] ?? '';
  const host = authority
    .slice(authority.lastIndexOf('@') + 1)
    .replace(/:\d*$/, '')
    .toLowerCase();
  return domainToASCII(host) || host;
}
