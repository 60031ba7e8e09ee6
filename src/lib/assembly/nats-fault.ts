import { exitCodes, Fault } from '../errors.ts';
import { NatsFault, type NatsFaultKind } from '../nats/nats-fault.ts';

/** What an operator can do about each of them. */
export const natsFixes: Readonly<Record<NatsFaultKind, string>> = {
  connect: 'Check that the servers run, their addresses and ports, and firewalls on the way.',
  tls: 'Check whether the servers speak TLS, and name the CA of their certificates (tls.ca).',
  credentials: 'Check identity and secret, or credentials: they have to be those that the servers know.',
  permission: 'Let this user publish to the subject and use the API of JetStream ($JS.API.>, _INBOX.>).',
  'no JetStream': 'Switch JetStream on at the servers: "jetstream {store_dir: …}" in their configuration.',
  stream: 'Check stream, subject and replicas; a stream that is there already is not changed.',
  full: 'Give the stream or its servers more room, or shorten its maxAge; until then all waits in the journal.',
  'too large': 'Raise max_msg_size of the stream, or max_payload of the servers.',
  conflict: 'Try again: somebody else has written there at the same moment.',
  timeout: 'Check that most servers of the cluster are up: one alone may not confirm anything.',
  lost: 'Check that most servers of the cluster are up, and look into their logs.',
  refused: 'Look into the logs of the servers.',
};

export function asNatsFault(error: unknown, where: string): unknown {
  if (!(error instanceof NatsFault)) return error;
  return new Fault(`NATS at ${where} cannot be used: ${error.message}.`, {
    code: `nats.${error.kind.replaceAll(' ', '')}`,
    fix: natsFixes[error.kind],
    exit: error.kind === 'credentials' || error.kind === 'stream' ? exitCodes.usage : exitCodes.failed,
    cause: error,
  });
}
