import type { Found } from '../../index/found.ts';
import { printable, printableWithin } from '../../text/printable.ts';
import { formatSize } from '../../text/units.ts';

const unseen = '';

/** A message or a session on one line, for people. */
export function foundLine(found: Found): string {
  const { id, time, peer = found.mailbox ?? unseen, country } = found;
  const source = printableWithin(country === undefined ? peer : `${peer} ${country}`, 24).padEnd(24);
  return `${id}  ${time.slice(0, 19).replace('T', ' ')}  ${source}  ${found.kind === 'session' ? sessionWords(found) : messageWords(found)}`;
}

function messageWords(found: Found): string {
  const { from, authors, to, recipients, size, subject = unseen } = found;
  const sender = printableWithin(from ?? authors[0] ?? '<>', 32) || '<>';
  const more = recipients > 1 ? ` +${recipients - 1}` : '';
  const recipient = `${printableWithin(to[0] ?? found.readers[0] ?? unseen, 32)}${more}`;
  return [`${formatSize(size).padStart(9)}  ${sender} → ${recipient}`, printableWithin(subject, 60), marks(found)]
    .filter((part) => part !== '')
    .join('  ');
}

function sessionWords({ scan, helo, logins, users }: Found): string {
  const tried = logins.length > 0 ? logins : users;
  return [
    'session',
    scan === undefined ? '' : `(${scan})`,
    helo === undefined ? '' : `HELO ${printableWithin(helo, 40)}`,
    ...tried.slice(0, 5).map((login) => `login ${printableWithin(login, 40)}`),
  ]
    .filter((part) => part !== '')
    .join('  ');
}

function marks({ tags, rules, attachments, probe, campaign, gap }: Found): string {
  return [
    ...tags.map((tag) => `#${printable(tag)}`),
    ...rules.map((rule) => `rule:${printable(rule)}`),
    ...(attachments.length > 0 ? [`${attachments.length} attached`] : []),
    ...(probe === undefined ? [] : [`probe ${probe}`]),
    ...(campaign === undefined ? [] : [campaign]),
    ...(gap === undefined ? [] : ['not read whole']),
  ].join(' ');
}
