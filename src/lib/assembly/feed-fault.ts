import { exitCodes, Fault } from '../errors.ts';
import { FeedFault, type FeedFaultKind } from '../hpfeeds/client/feed-fault.ts';
import { printableWithin } from '../text/printable.ts';

/** What can be done about each kind of failure, in the words of somebody who helps. */
export const feedFixes: Readonly<Record<FeedFaultKind, string>> = {
  resolve: 'Check the name of the broker, and the resolver of this machine.',
  connect: 'Check that the broker runs, its address and port, and firewalls on the way.',
  tls: 'Check whether the broker speaks TLS on that port, and give its CA or its fingerprint.',
  greeting: 'Check that it is an hpfeeds broker which listens there, and whether it wants TLS.',
  credentials: 'Check identity and secret: they have to be those that the broker knows.',
  'publish denied': 'Ask whoever runs the broker to let this identity publish on that channel.',
  'subscribe denied': 'Ask whoever runs the broker to let this identity subscribe to that channel.',
  refused: 'Look into the log of the broker; the words are its own.',
  wire: 'Check that it is an hpfeeds broker which listens there.',
  lost: 'Look into the log of the broker; it may have been restarted, or not bear what it was sent.',
  ended: 'Look into the log of the broker; check identity and secret, and its limit for a frame.',
  timeout: 'Check that the broker is alive, and firewalls that let connections in and nothing more.',
};

/** The failure as a command shows it; anything else as it is. */
export function asFault(error: unknown, place: string): unknown {
  if (!(error instanceof FeedFault)) return error;
  const words = `${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}`;
  return new Fault(`${place}: ${printableWithin(words, 400)}.`, {
    code: `feed.${error.kind.replace(' ', '-')}`,
    fix: feedFixes[error.kind],
    exit: exitCodes.failed,
    cause: error,
  });
}
