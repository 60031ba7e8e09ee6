import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream';
import type { Authenticator, NatsConnection, NodeConnectionOptions } from '@nats-io/transport-node';
import { readFileSync } from 'node:fs';
import { reason } from '../errors.ts';
import { unlessAborted, within } from '../patience.ts';
import type { NatsAccess, NatsLogin, NatsTls } from './access.ts';
import { NatsFault, natsFaultOf } from './nats-fault.ts';

/** A server that says nothing twice is as good as gone: another one of the cluster is taken. */
const pingEvery = 10_000;
const pingsUnanswered = 2;
const reconnectAfter = 500;
const settling = { ms: 2_000, late: () => new NatsFault('timeout', 'the server does not answer') };

/** One connection to a cluster. When a server goes, the library goes on with another one. */
export class NatsLink {
  readonly connection: NatsConnection;
  readonly jetstream: JetStreamClient;
  readonly manager: JetStreamManager;
  #ended: Error | undefined;

  static async open(access: NatsAccess, signal: AbortSignal): Promise<NatsLink> {
    const { connect, credsAuthenticator, jetstream, jetstreamManager } = await import('./library.ts');
    signal.throwIfAborted();
    const options = optionsFor(access, credsAuthenticator);
    const where = access.servers.join(', ');
    const dialled = connect(options);
    let connection: NatsConnection;
    try {
      connection = await unlessAborted(signal, dialled);
    } catch (error) {
      // One that comes too late keeps nobody alive.
      dialled.then(
        (late) => late.close(),
        () => undefined,
      );
      signal.throwIfAborted();
      throw connectFaultOf(error, `no NATS at ${where}`);
    }
    try {
      signal.throwIfAborted();
      // Whether there is JetStream shows with the first thing that is asked of it.
      const manager = await jetstreamManager(connection, { checkAPI: false, timeout: access.connectMs });
      return new NatsLink(connection, jetstream(connection, { timeout: access.connectMs }), manager);
    } catch (error) {
      await connection.close();
      throw natsFaultOf(error, `no JetStream at ${where}`);
    }
  }

  private constructor(connection: NatsConnection, client: JetStreamClient, manager: JetStreamManager) {
    this.connection = connection;
    this.jetstream = client;
    this.manager = manager;
    void connection.closed().then((error) => (this.#ended = error ?? new Error('the connection was closed')));
  }

  /** Why it is of no use any more. While servers are only out of reach it still is. */
  get fault(): NatsFault | undefined {
    if (this.#ended === undefined && !this.connection.isClosed()) return undefined;
    return new NatsFault('lost', `the connection to NATS is closed: ${this.#ended?.message ?? 'by us'}`);
  }

  /** The server at the other end: its name, its version, and where it is. */
  get server(): { readonly name: string; readonly version: string; readonly address: string; readonly port: number } {
    const { server_name: name = '', version = '' } = this.connection.info ?? {};
    const [, address = '', port = ''] = /^(.*):(\d+)$/.exec(this.connection.getServer()) ?? [];
    return { name, version, address, port: Number(port) };
  }

  /** Whether the server has others beside it, with which it can keep copies. */
  get isOneOfMany(): boolean {
    return this.connection.info?.cluster !== undefined;
  }

  /** The longest message that the server takes, with all its headers. */
  get longest(): number {
    return this.connection.info?.max_payload ?? 2 ** 20;
  }

  /** Once it resolves everything that was said has arrived, and everything the server had said till then: or it is silent. */
  async settle(): Promise<void> {
    if (this.fault !== undefined) return;
    await within(settling, this.connection.flush()).catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.connection.close();
  }
}

function optionsFor(
  { servers, login, tls, connectMs, name }: NatsAccess,
  holder: (creds: Uint8Array) => Authenticator,
): NodeConnectionOptions {
  return {
    servers: [...servers],
    name,
    timeout: connectMs,
    pingInterval: pingEvery,
    maxPingOut: pingsUnanswered,
    maxReconnectAttempts: -1,
    reconnectTimeWait: reconnectAfter,
    reconnectJitter: reconnectAfter,
    // What a server says of its peers may be addresses that only they can reach; what the operator names holds.
    ignoreClusterUpdates: servers.length > 1,
    ...loginFor(login, holder),
    ...(tls && { tls: tlsFor(tls) }),
  };
}

function loginFor(login: NatsLogin, holder: (creds: Uint8Array) => Authenticator): NodeConnectionOptions {
  switch (login.as) {
    case 'nobody':
      return {};
    case 'user':
      return { user: login.user, pass: login.password };
    case 'token':
      return { token: login.token };
    case 'holder':
      // The file may have been renewed since the last login.
      return { authenticator: (nonce) => answerFrom(login.file, holder)(nonce) };
  }
}

function answerFrom(file: string, holder: (creds: Uint8Array) => Authenticator): Authenticator {
  try {
    return holder(readFileSync(file));
  } catch (error) {
    // It may be written anew at this moment: who was connected before tries again.
    throw new NatsFault('credentials', `${file} is of no use: ${reason(error)}`, { cause: error });
  }
}

/** What answers there may be anything, and the library has no words of its own for that. */
function connectFaultOf(error: unknown, doing: string): NatsFault {
  const fault = natsFaultOf(error, doing);
  if (fault instanceof NatsFault) return fault;
  return new NatsFault('connect', `${doing}: ${reason(error)}`, { cause: error });
}

function tlsFor({ ca, own, begins }: NatsTls): NonNullable<NodeConnectionOptions['tls']> {
  return {
    ...(ca !== undefined && { ca }),
    ...(own && { cert: own.certificate, key: own.key }),
    handshakeFirst: begins === 'atOnce',
  };
}
