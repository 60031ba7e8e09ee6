/** What becomes of probes. The modes differ in who decides and in where the relay leads; the safeguards are the same. */
export const relayModes = ['off', 'review', 'sandbox', 'test', 'live'] as const;
export type RelayMode = (typeof relayModes)[number];

interface Conduct {
  /** Whether the desk keeps probes at all; without it they are ordinary messages with a mark. */
  readonly holds: boolean;
  /** Who approves: somebody, or the mode by itself. */
  readonly approves: 'operator' | 'mode';
  readonly about: string;
}

export const conductOf: Readonly<Record<RelayMode, Conduct>> = {
  off: { holds: false, approves: 'operator', about: 'nothing is put on the desk, and nothing is sent' },
  review: { holds: true, approves: 'operator', about: 'every probe waits for an operator' },
  sandbox: { holds: true, approves: 'mode', about: 'every probe goes to a sink on this machine' },
  test: { holds: true, approves: 'mode', about: 'every probe goes to one server and one recipient' },
  live: { holds: true, approves: 'mode', about: 'every probe goes to its recipient, within the budget' },
};

/** The mode that holds: without the acknowledgement that it needs, `live` is only `review`. */
export function settledMode(wanted: RelayMode, acknowledgement: 'given' | 'missing'): RelayMode {
  return wanted === 'live' && acknowledgement === 'missing' ? 'review' : wanted;
}
