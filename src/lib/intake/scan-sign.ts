import type { CommandSeen, ScanSign, TlsFailure, TriedCredentials } from '../capture/capture.ts';

interface Seen {
  readonly messages: number;
  readonly commands: number;
  readonly commandsSeen: readonly CommandSeen[];
  readonly credentials: readonly TriedCredentials[];
  readonly tlsFailure: TlsFailure | undefined;
}

/** What a session without a message was after, as far as its commands tell. */
export function scanSign({ messages, commands, commandsSeen, credentials, tlsFailure }: Seen): ScanSign | undefined {
  if (messages > 0) return undefined;
  if (tlsFailure?.speaks === 'otherwise') return 'foreign';
  // What never came to the end of a line was no command, and no silence.
  if (commands === 0) return commandsSeen.length === 0 ? 'silent' : 'foreign';
  if (credentials.length > 0) return 'login';
  const lines = commandsSeen.map(([, line]) => line);
  const gave = (verb: RegExp) => lines.some((line) => verb.test(line));
  // The first byte of a TLS record, and what a telnet client negotiates with.
  if (gave(/^[\x16\xff\udcff]|\u0000/)) return 'foreign';
  if (gave(/^\s*(?:get|post|head|options|connect|put) \S|^[!-9;-~]+:/i)) return 'foreign';
  if (gave(/^\s*rcpt\s/i)) return 'relayTest';
  if (gave(/^\s*(?:vrfy|expn)\s/i)) return 'userTest';
  return 'features';
}
