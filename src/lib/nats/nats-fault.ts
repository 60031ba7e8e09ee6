import { reason } from '../errors.ts';

/** What stands in the way of a conversation with NATS. */
export type NatsFaultKind =
  | 'connect'
  | 'tls'
  | 'credentials'
  | 'permission'
  | 'no JetStream'
  | 'stream'
  | 'full'
  | 'too large'
  | 'conflict'
  | 'timeout'
  | 'lost'
  | 'refused';

export class NatsFault extends Error {
  override readonly name = 'NatsFault';
  readonly kind: NatsFaultKind;

  constructor(kind: NatsFaultKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** What JetStream says with a number: https://github.com/nats-io/nats-server/blob/main/server/errors.json. */
const byNumber: Readonly<Record<number, readonly [NatsFaultKind, string]>> = {
  10008: ['lost', 'the cluster has no leader at the moment'],
  10009: ['lost', 'the cluster has no leader at the moment'],
  10039: ['no JetStream', 'JetStream is not enabled for this account'],
  10076: ['no JetStream', 'JetStream is not enabled on this server'],
  10054: ['too large', 'the stream takes no message of that size'],
  10071: ['conflict', 'somebody else has written there meanwhile'],
  10164: ['conflict', 'somebody else has written there meanwhile'],
  10077: ['full', 'the stream is full'],
  10047: ['full', 'the servers do not have the room that is asked for'],
  10028: ['full', 'the account has no more room'],
  10023: ['full', 'the servers are short of storage'],
  10059: ['stream', 'there is no such stream'],
  10014: ['lost', 'there is no such consumer'],
  10074: ['stream', 'one server alone keeps one copy: set replicas to 1'],
};

/** What went wrong, in words; what is a fault of ours stays as it is. */
export function natsFaultOf(error: unknown, doing: string): unknown {
  if (error instanceof NatsFault || !(error instanceof Error)) return error;
  const said = (kind: NatsFaultKind, what: string) => new NatsFault(kind, `${doing}: ${what}`, { cause: error });
  const number = numberOf(error);
  if (number !== undefined) {
    const [kind, words] = byNumber[number] ?? ['refused', undefined];
    return said(kind, words === undefined ? `${reason(error)} (${number})` : `${words} (${number})`);
  }
  switch (error.name) {
    case 'AuthorizationError':
    case 'UserAuthenticationExpiredError':
      return said('credentials', `the server does not let us in: ${reason(error)}`);
    case 'PermissionViolationError':
      return said('permission', reason(error));
    case 'JetStreamNotEnabled':
    case 'NoRespondersError':
      return said('lost', 'nobody answers: there is no such stream, or the cluster has no leader at the moment');
    case 'TimeoutError':
      return said('timeout', 'no answer in time');
    case 'RequestError':
      return error.cause === undefined ? said('lost', reason(error)) : natsFaultOf(error.cause, doing);
    case 'ConnectionError':
      return said(/tls|certificate/i.test(error.message) ? 'tls' : 'connect', reason(error));
    case 'ClosedConnectionError':
    case 'DrainingConnectionError':
      return said('lost', reason(error));
    default:
      return isOfNode(error) ? said(isOfTls(error) ? 'tls' : 'connect', reason(error)) : error;
  }
}

// Of JetStreamApiError: the numbers say more than the classes, of which there are fewer.
function numberOf(error: Error): number | undefined {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'number' && code >= 10_000 ? code : undefined;
}

function isOfNode(error: Error): boolean {
  return typeof (error as { readonly code?: unknown }).code === 'string';
}

function isOfTls(error: Error): boolean {
  return /CERT|SIGNATURE|SSL|TLS/.test(String((error as { readonly code?: unknown }).code));
}
