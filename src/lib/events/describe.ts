import { formatDuration, formatSize } from '../text/units.ts';
import { printableWithin } from '../text/printable.ts';
import type { Event, EventName, EventOf } from './event.ts';

export type Level = 'info' | 'warning' | 'error';

const levels: Partial<Record<EventName, Level>> = {
  failed: 'error',
  'session.failed': 'error',
  'session.rejected': 'warning',
  'limit.reached': 'warning',
  'proxy.failed': 'warning',
  'certificate.refused': 'warning',
  'capture.refused': 'warning',
  'rules.refused': 'warning',
  'rules.unasked': 'warning',
  'rules.failed': 'error',
  'probe.held': 'warning',
  'probe.refused': 'warning',
  'desk.closed': 'error',
  'journal.recovered': 'warning',
  'journal.refusing': 'error',
  'journal.untidy': 'warning',
  'output.failed': 'warning',
  'output.quarantined': 'warning',
  'output.skipped': 'warning',
  'output.restarted': 'warning',
  'output.takenBack': 'warning',
  'output.doubted': 'warning',
  'output.unconfigured': 'warning',
  'mailbox.left': 'warning',
  'mailbox.renumbered': 'warning',
  'mailbox.failed': 'warning',
  'cluster.lost': 'warning',
  'mailbox.locked': 'error',
  'mailboxes.refused': 'warning',
  'mailboxes.reread': 'warning',
  'broker.refused': 'warning',
  'broker.slow': 'warning',
  'broker.rejected': 'warning',
  'broker.failed': 'error',
  'users.refused': 'warning',
  'users.exposed': 'warning',
  'maildir.left': 'warning',
  'maildir.failed': 'warning',
  'index.failed': 'warning',
  'configuration.refused': 'warning',
  'control.dropped': 'warning',
  'control.failed': 'warning',
  'events.dropped': 'warning',
};

export function levelOf(event: Event): Level {
  return levels[event.event] ?? 'info';
}

const refusals = {
  full: 'there is no room',
  failed: 'the disk failed',
  busy: 'the disk is too slow',
  closed: 'the sensor is stopping',
} as const;

const ends = {
  quit: 'it said goodbye',
  peer: 'the peer closed the connection',
  timeout: 'the peer was silent for too long',
  limit: 'a limit was reached',
  rule: 'a rule said so',
  shutdown: 'the sensor stopped',
  fault: 'the connection failed',
} as const;

const tlsUses = { none: ' without TLS', starttls: '', implicit: ' in TLS' } as const;

/** How an output knows that its broker has what it sent. */
const confirmations: Readonly<Record<string, string>> = {
  socket: 'nothing confirms what arrives',
  echo: 'each batch is confirmed by its echo',
  end: 'each batch has a connection of its own, whose end confirms it',
  receipts: 'each batch is confirmed when it is said to be stored',
  confirms: 'each message is confirmed by the broker',
  stream: 'each message is confirmed by the stream',
};

const allottedBecause = {
  allotted: '',
  lost: ': others may have them, for this sensor cannot be heard',
  stopping: ': this sensor ends',
} as const;

const scans = {
  silent: 'it said nothing',
  foreign: 'it spoke another protocol',
  login: 'it tried to log in',
  relayTest: 'it tried recipients',
  userTest: 'it asked for users',
  features: 'it looked around',
} as const;

const actions = {
  seen: 'marked as seen',
  flag: 'flagged',
  move: 'moved',
  delete: 'deleted',
} as const;

const outcomes = { done: 'all is collected', partly: 'not all is collected', failed: 'nothing is collected' } as const;

type Sentences = { readonly [Name in EventName]: (event: EventOf<Name>) => string };

const sentences: Sentences = {
  listening: ({ intake, address, port, tls }) => `${intake} listens on ${hostPort(address, port)}${tlsUses[tls]}`,
  ready: ({ dataDir }) => `everything is up; data is kept in ${dataDir}`,
  stopping: ({ why }) => `stopping: ${why}`,
  stopped: () => 'stopped; everything that was acknowledged is on disk',
  failed: ({ message, fix }) => `${message} ${fix}`,
  'session.opened': ({ peer, peerPort }) => `${hostPort(peer, peerPort)} connected`,
  'session.closed': ({ peer, messages, commands, errors, helo, scan, endedBy }) =>
    `${peer} left${helo ? ` (called itself ${text(helo)})` : ''}${scan ? `; ${scans[scan]}` : ''}: ${count(messages, 'message')}, ` +
    `${count(commands, 'command')}, ${count(errors, 'error')}; ${ends[endedBy]}`,
  'session.failed': ({ session, detail }) => `a fault of ours ended session ${session}: ${text(detail)}`,
  'login.tried': ({ peer, mechanism, user, password, token, raw, accepted }) =>
    `${peer} tried to log in (${text(mechanism)}) as ${text(user ?? raw ?? '')}` +
    `${password === undefined ? '' : ` with password ${text(password)}`}${token === undefined ? '' : ' with a token'}: ` +
    (accepted ? 'accepted' : 'refused'),
  'tls.started': ({ peer, version, cipher, sni }) =>
    `${peer} speaks ${version} (${cipher})${sni === undefined ? '' : `, asked for ${text(sni)}`}`,
  'tls.failed': ({ peer, detail }) => `no TLS with ${peer}: ${text(detail)}`,
  'limit.reached': ({ peer, limit }) => `${peer} has reached ${limit}`,
  'proxy.failed': ({ peer, detail }) => `proxy ${peer} does not say for whom it comes: ${text(detail)}`,
  'certificate.loaded': ({ subject, notAfter }) => `the certificate is ${text(subject)}, good until ${notAfter}`,
  'certificate.refused': ({ detail }) => `the new certificate is not taken, the one before stays: ${detail}`,
  'session.rejected': ({ peer, limit }) => `${peer} was turned away: ${limit} is reached`,
  'capture.accepted': ({ peer, from, to, recipients, size, subject }) =>
    `${peer}  ${text(from) || '<>'} → ${text(to)}${recipients > 1 ? ` and ${recipients - 1} more` : ''}  ` +
    `${formatSize(size)}${subject ? `  ${text(subject)}` : ''}`,
  'capture.refused': ({ peer, why, detail }) =>
    `a message from ${peer} was refused for now, because ${refusals[why]}: ${detail}`,
  'rule.matched': ({ peer, rule, because }) => `${peer}: rule ${text(rule)} matched; ${text(because)}`,
  'rules.loaded': ({ file, revision, rules }) => `${count(rules, 'rule')} of ${file} in force, revision ${revision}`,
  'rules.refused': ({ file, detail }) => `the rules of ${file} are not taken, those before stay: ${detail}`,
  'rules.unasked': ({ peer, patterns }) =>
    `${count(patterns, 'pattern')} of the rules ${patterns === 1 ? 'was' : 'were'} not tried on a message of ${peer}: it would have cost too much`,
  'rules.failed': ({ session, detail }) =>
    `a fault of ours kept the rules from a message of session ${session}, which is kept all the same: ${text(detail)}`,
  'probe.held': ({ id, rule, recipients, reason }) =>
    `probe ${id} for ${recipientsOf(recipients)} is held (rule ${text(rule)}): ${text(reason)}`,
  'probe.relayed': ({ id, recipients, server, reply }) =>
    `probe ${id} was relayed to ${recipientsOf(recipients)} through ${text(server)}: ${text(reply)}`,
  'probe.refused': ({ id, recipients, reason }) =>
    `probe ${id} was not relayed to ${recipientsOf(recipients)}: ${text(reason)}`,
  'sandbox.received': ({ from, recipients, size }) =>
    `the sandbox took a message of ${formatSize(size)} from ${text(from) || '<>'} to ${recipientsOf(recipients)}`,
  'desk.opened': ({ mode, waiting, but }) =>
    `the probe desk works in the mode ${mode}; ${count(waiting, 'probe')} ${waiting === 1 ? 'waits' : 'wait'}` +
    (but === undefined ? '' : `; but ${but}`),
  'desk.closed': ({ detail }) => `the probe desk sends nothing: ${detail}`,
  'journal.recovered': ({ segment, cutBytes }) =>
    `${formatSize(cutBytes)} that were never acknowledged were cut from the end of segment ${segment} and set aside`,
  'journal.refusing': ({ why, detail }) =>
    `the journal takes no messages, because ${refusals[why]}: ${detail}; senders are asked to try again`,
  'journal.resumed': () => 'the journal takes messages again',
  'journal.rotated': ({ segment }) => `the journal goes on in segment ${segment}`,
  'journal.removed': ({ segment, bytes }) => `segment ${segment} (${formatSize(bytes)}) was no longer needed`,
  'journal.untidy': ({ detail }) => `old segments could not be removed: ${detail}`,
  'output.opened': ({ output, segment, offset, paused }) =>
    `output ${output} ${segment === 0 ? 'begins with the first message' : `goes on at segment ${segment}, byte ${offset}`}` +
    (paused ? ', but is paused' : ''),
  'output.delivered': ({ output, count: messages }) => `output ${output} took ${count(messages, 'message')}`,
  'output.failed': ({ output, detail, attempt, retryInMs }) =>
    `output ${output} failed (attempt ${attempt}): ${text(detail)}; next attempt in ${formatDuration(retryInMs)}`,
  'output.quarantined': ({ output, id, detail }) =>
    `output ${output} refused message ${id} for good: ${text(detail)}; it was set aside in quarantine`,
  'output.skipped': ({ output, fromSegment, toSegment }) =>
    `output ${output} was too far behind and skipped from segment ${fromSegment} to ${toSegment}`,
  'output.restarted': ({ output, detail }) => `output ${output} begins again at the oldest message: ${detail}`,
  'output.takenBack': ({ output, detail }) => `output ${output} delivers once more what was lost: ${detail}`,
  'output.doubted': ({ output, detail }) => `where output ${output} publishes is not as it should be: ${detail}`,
  'output.connected': ({ output, broker, address, port, confirmedBy }) =>
    `output ${output} publishes to ${text(broker)} at ${hostPort(address, port)}; ${confirmations[confirmedBy] ?? confirmedBy}`,
  'broker.listening': ({ address, port, tls }) => `the broker listens on ${hostPort(address, port)}${tlsUses[tls]}`,
  'broker.joined': ({ peer, peerPort, ident }) => `${text(ident)} joined the broker from ${hostPort(peer, peerPort)}`,
  'broker.left': ({ ident, peer, peerPort }) => `${text(ident)} left the broker (${hostPort(peer, peerPort)})`,
  'broker.refused': ({ peer, peerPort, detail }) => `the broker sent ${hostPort(peer, peerPort)} away: ${text(detail)}`,
  'broker.slow': ({ ident, peer, peerPort, backlog }) =>
    `${text(ident)} (${hostPort(peer, peerPort)}) reads too slowly: ${formatSize(backlog)} wait for it at the broker`,
  'broker.recovered': ({ ident, peer, peerPort, dropped }) =>
    `${text(ident)} (${hostPort(peer, peerPort)}) has caught up` +
    (dropped > 0 ? `; ${count(dropped, 'message')} passed it by` : ''),
  'broker.rejected': ({ peer, limit }) => `the broker turned ${peer} away: ${limit} is reached`,
  'broker.failed': ({ peer, detail }) =>
    `a fault of ours ended the connection of ${peer} to the broker: ${text(detail)}`,
  'users.loaded': ({ source, users }) =>
    `the broker knows ${count(users, 'identity').replace('ys', 'ies')} from ${text(source)}`,
  'users.refused': ({ source, detail }) =>
    `the users of ${text(source)} are not taken, those before stay: ${printableWithin(detail, 500)}`,
  'users.exposed': ({ source }) => `everybody on this machine can read the secrets in ${text(source)}: chmod o= it`,
  'mailbox.opened': ({ mailbox, host, folders, missing }) =>
    `${text(mailbox)} is open at ${host}: ${folders.map(text).join(', ') || 'no folder'}` +
    (missing.length === 0 ? '' : `; not there: ${missing.map(text).join(', ')}`),
  'mailbox.collected': ({ mailbox, folder, count: came, waiting }) =>
    `${count(came, 'message')} collected from ${text(mailbox)}, ${text(folder)}` +
    (waiting === 0 ? '' : `; ${waiting} on the way to outputs`),
  'mailbox.acted': ({ mailbox, folder, action, count: done }) =>
    `${count(done, 'message')} of ${text(mailbox)}, ${text(folder)}, ${actions[action]}`,
  'mailbox.left': ({ mailbox, folder, uid, detail }) =>
    `message ${text(uid)} of ${text(mailbox)}, ${text(folder)}, is left where it is: ${text(detail)}`,
  'mailbox.renumbered': ({ mailbox, folder, from, to }) =>
    `the server of ${text(mailbox)} has numbered ${text(folder)} anew (${text(from)}, now ${text(to)}); what is known by its content is not collected again`,
  'mailbox.failed': ({ mailbox, detail, retryInMs }) =>
    `${text(mailbox)} cannot be collected: ${text(detail)}; again in ${formatDuration(retryInMs)}`,
  'mailbox.locked': ({ mailbox, detail, retryInMs }) =>
    `${text(mailbox)} is not tried any more, because its login is refused: ${text(detail)}; correct it, or wait ${formatDuration(retryInMs)}`,
  'mailboxes.loaded': ({ mailboxes, added, changed, removed }) =>
    [
      `${count(mailboxes, 'mailbox', 'mailboxes')} to collect from`,
      ...(added.length === 0 ? [] : [`new: ${added.map(text).join(', ')}`]),
      ...(changed.length === 0 ? [] : [`changed: ${changed.map(text).join(', ')}`]),
      ...(removed.length === 0 ? [] : [`gone: ${removed.map(text).join(', ')}`]),
    ].join('; '),
  'mailboxes.refused': ({ detail }) => `the changed mailboxes are not taken, those before stay: ${text(detail)}`,
  'mailboxes.reread': ({ detail }) => `what is known of mailboxes is read from the journal again: ${text(detail)}`,
  'cluster.joined': ({ cluster, server, address, port }) =>
    `member of the cluster ${cluster}, by ${text(server)} at ${address} port ${port}`,
  'cluster.lost': ({ detail, retryInMs }) =>
    `the cluster cannot be reached: ${text(detail)}; next attempt in ${formatDuration(retryInMs)}`,
  'cluster.allotted': ({ why, named, held, taken, left }) =>
    `${held} of ${named} shared mailboxes are collected here, ${taken} taken and ${left} left${allottedBecause[why]}`,
  'collect.finished': ({ outcome, mailboxes, failed, kept, handedOver, acted, waiting, left }) =>
    `${outcomes[outcome]}: ${count(kept, 'message')} from ${count(mailboxes, 'mailbox', 'mailboxes')}, ${handedOver} handed over, ${acted} marked or removed` +
    (waiting === 0 ? '' : `, ${waiting} still on the way`) +
    (left === 0 ? '' : `, ${left} left`) +
    (failed.length === 0 ? '' : `; failed: ${failed.map(text).join(', ')}`),
  'maildir.opened': ({ maildir, folders, told }) =>
    `${text(maildir)} is followed, with ${count(folders, 'folder')}` +
    (told === 'by looking' ? '; the system does not tell what comes, so that it is looked for' : ''),
  'maildir.message': ({ folder, size, subject, from, hints }) =>
    `${text(folder) || 'inbox'}  ${text(from ?? '')}  ${formatSize(size)}  ${text(subject ?? '')}` +
    (hints ? `  (it says: from ${text(hints.peer ?? '?')}, for ${text(hints.to ?? '?')})` : ''),
  'maildir.left': ({ maildir, folder, name, detail }) =>
    `${text(name)} in ${text(folder === '' ? maildir : `${maildir}/${folder}`)} is left where it is: ${text(detail)}`,
  'maildir.failed': ({ maildir, detail, retryInMs }) =>
    `${text(maildir)} cannot be followed now: ${text(detail)}; next attempt in ${formatDuration(retryInMs)}`,
  'console.closed': ({ why }) =>
    `the console is closed: ${why}; the sensor goes on, and "spamtrap monitor" opens another`,
  'index.failed': ({ why, retryInMs }) =>
    `the index is not kept up to date for now: ${text(why)}; next attempt in ${formatDuration(retryInMs)}`,
  'health.listening': ({ address, port }) => `figures are served on http://${hostPort(address, port)}/metrics`,
  'configuration.loaded': ({ file, later }) =>
    `the configuration ${file} was read again` +
    (later.length === 0 ? '' : `; what it says of ${later.join(', ')} holds from the next start on`),
  'configuration.refused': ({ detail }) => `the configuration is not taken, what it said before holds: ${detail}`,
  'control.failed': ({ detail }) => `there is no control socket, so that nobody can watch or steer: ${text(detail)}`,
  'control.dropped': ({ detail }) => `a client of the control socket was sent away: ${detail}`,
  'output.unconfigured': ({ output }) =>
    `output ${output} is no longer configured but still holds old segments; "spamtrap outputs forget ${output}" lets go`,
  'events.dropped': ({ count: dropped }) => `${count(dropped, 'event')} could not be shown, because nobody read them`,
};

export const eventNames = Object.keys(sentences) as EventName[];

/** The event in words that an operator knows; safe for a terminal. */
export function describe<Name extends EventName>(event: EventOf<Name>): string {
  const sentence = sentences[event.event] as (event: EventOf<Name>) => string;
  return sentence(event);
}

function recipientsOf([first = 'nobody', ...others]: readonly string[]): string {
  return `${text(first)}${others.length > 0 ? ` and ${others.length} more` : ''}`;
}

function text(peerText: string): string {
  return printableWithin(peerText, 60);
}

function count(number: number, word: string, words = `${word}s`): string {
  return `${number} ${number === 1 ? word : words}`;
}

function hostPort(address: string, port: number): string {
  if (address.startsWith('/')) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
