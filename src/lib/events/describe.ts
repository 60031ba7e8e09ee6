import { formatDuration, formatSize } from '../text/units.ts';
import { printableWithin } from '../text/printable.ts';
import type { Event, EventName, EventOf } from './event.ts';

export type Level = 'info' | 'warning' | 'error';

const levels: Partial<Record<EventName, Level>> = {
  failed: 'error',
  'session.failed': 'error',
  'session.rejected': 'warning',
  'capture.refused': 'warning',
  'journal.recovered': 'warning',
  'journal.refusing': 'error',
  'journal.untidy': 'warning',
  'output.failed': 'warning',
  'output.quarantined': 'warning',
  'output.skipped': 'warning',
  'output.restarted': 'warning',
  'output.unconfigured': 'warning',
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
  shutdown: 'the sensor stopped',
  fault: 'the connection failed',
} as const;

type Sentences = { readonly [Name in EventName]: (event: EventOf<Name>) => string };

const sentences: Sentences = {
  listening: ({ intake, address, port }) => `${intake} listens on ${hostPort(address, port)}`,
  ready: ({ dataDir }) => `everything is up; data is kept in ${dataDir}`,
  stopping: ({ why }) => `stopping: ${why}`,
  stopped: () => 'stopped; everything that was acknowledged is on disk',
  failed: ({ message, fix }) => `${message} ${fix}`,
  'session.opened': ({ peer, peerPort }) => `${hostPort(peer, peerPort)} connected`,
  'session.closed': ({ peer, messages, commands, errors, helo, endedBy }) =>
    `${peer} left${helo ? ` (called itself ${text(helo)})` : ''}: ${count(messages, 'message')}, ` +
    `${count(commands, 'command')}, ${count(errors, 'error')}; ${ends[endedBy]}`,
  'session.failed': ({ session, detail }) => `a fault of ours ended session ${session}: ${text(detail)}`,
  'session.rejected': ({ peer, limit }) => `${peer} was turned away: ${limit} is reached`,
  'capture.accepted': ({ peer, from, to, recipients, size }) =>
    `${peer}  ${text(from) || '<>'} → ${text(to)}${recipients > 1 ? ` and ${recipients - 1} more` : ''}  ${formatSize(size)}`,
  'capture.refused': ({ peer, why, detail }) =>
    `a message from ${peer} was refused for now, because ${refusals[why]}: ${detail}`,
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

function text(peerText: string): string {
  return printableWithin(peerText, 60);
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}

function hostPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
