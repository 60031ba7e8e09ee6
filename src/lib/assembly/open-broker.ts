import { hostname } from 'node:os';
import type { Address } from '../capture/capture.ts';
import type { Settings } from '../config/schema.ts';
import { errno, exitCodes, Fault, reason } from '../errors.ts';
import type { Emit } from '../events/event.ts';
import { statusPages } from '../hpfeeds/broker/status-pages.ts';
import { Broker } from '../hpfeeds/broker/broker.ts';
import type { BrokerNotice } from '../hpfeeds/broker/notice.ts';
import { servePages, type PageServer } from '../net/pages.ts';
import { openUsers, type OpenUsers, type UsersNotice } from '../hpfeeds/broker/users/open-users.ts';
import type { CertificateStore } from '../tls/certificate-store.ts';
import { brokerAccess, rememberPlace, type BrokerAccess } from './broker-access.ts';
import { openCertificate } from './certificate.ts';

export interface BrokerStart {
  readonly settings: Settings['broker'];
  readonly dataDir: string;
  /** Within a sensor there are always the identities that it makes for itself. */
  readonly identities: 'own' | 'given';
}

/** Where this machine reaches the broker, and as whom; absent when it only knows the identities that were given. */
export interface BrokerWithin {
  readonly at: Address;
  readonly access: BrokerAccess;
}

const loopback = '127.0.0.1';

/** The broker with its users, its certificate and its numbers, as the settings want them. */
export class OpenBroker {
  readonly within: BrokerWithin | undefined;
  readonly #broker: Broker;
  readonly #users: OpenUsers;
  readonly #certificate: CertificateStore | undefined;
  readonly #status: PageServer | undefined;

  static async open(start: BrokerStart, emit: Emit): Promise<OpenBroker> {
    const { settings, dataDir } = start;
    const { auth = [], channels, name, limits, whenSlow, tls, statusPort } = settings;
    const access = start.identities === 'own' || auth.length === 0 ? brokerAccess(dataDir, channels) : undefined;
    const sources = [...auth, ...(access ? [access.usersFile] : [])];
    let broker: Broker | undefined;
    const users = openUsers(sources, {
      env: process.env,
      notify(notice) {
        emit(usersEvent(notice));
        if (notice.kind === 'loaded') broker?.usersChanged();
      },
    });
    broker = new Broker({ name, users, limits, whenSlow, notify: (notice) => emit(brokerEvent(notice)) });
    const certificate =
      tls.offer === 'yes'
        ? await openCertificate({ dataDir, emit }, { ...tls, minVersion: 'TLSv1.2' }, hostname())
        : undefined;
    const at = await listenAll(broker, settings, certificate);
    const status = statusPort === 'off' ? undefined : await openStatus(broker, statusPort);
    if (access) rememberPlace(dataDir, access, { host: at.address, port: at.port, tls: false, channels });
    return new OpenBroker(access && { at, access }, broker, users, certificate, status);
  }

  private constructor(
    within: BrokerWithin | undefined,
    broker: Broker,
    users: OpenUsers,
    certificate: CertificateStore | undefined,
    status: PageServer | undefined,
  ) {
    this.within = within;
    this.#broker = broker;
    this.#users = users;
    this.#certificate = certificate;
    this.#status = status;
  }

  /** Its figures, as Prometheus reads them. */
  expose(): string {
    return this.#broker.expose();
  }

  async close(hurry: AbortSignal): Promise<void> {
    this.#status?.close();
    await this.#broker.close(hurry);
    this.#users.close();
    this.#certificate?.close();
  }
}

/** Returns where this machine reaches it without TLS: a place of its own, where none of the configured ones is that. */
async function listenAll(
  broker: Broker,
  { bind, port, tls }: Settings['broker'],
  certificate: CertificateStore | undefined,
): Promise<Address> {
  let local: Address | undefined;
  for (const address of bind) {
    const at = await listen(broker, { address, port }, certificate);
    if (tls.offer === 'no' && (address === loopback || address === '0.0.0.0')) local ??= { ...at, address: loopback };
  }
  return local ?? listen(broker, { address: loopback, port: 0 }, undefined);
}

async function listen(broker: Broker, at: Address, certificate: CertificateStore | undefined): Promise<Address> {
  try {
    return await broker.listen(at, certificate && (() => certificate.current));
  } catch (error) {
    throw cannotListen('The broker', at, error);
  }
}

async function openStatus(broker: Broker, port: number): Promise<PageServer> {
  const at = { address: loopback, port };
  try {
    return await servePages(
      at,
      statusPages(() => broker.expose()),
    );
  } catch (error) {
    throw cannotListen('The status of the broker', at, error);
  }
}

function cannotListen(what: string, { address, port }: Address, error: unknown): Fault {
  const isTaken = errno(error) === 'EADDRINUSE';
  return new Fault(`${what} cannot listen on ${address} port ${port}: ${reason(error)}.`, {
    code: 'broker.listen',
    fix: isTaken
      ? 'Another program has this port. Stop it, or choose another one with broker.port or --port (0 takes any).'
      : 'Check broker.bind and broker.port.',
    exit: exitCodes.failed,
    cause: error,
  });
}

function usersEvent(notice: UsersNotice): Parameters<Emit>[0] {
  switch (notice.kind) {
    case 'loaded':
      return { event: 'users.loaded', source: notice.source, users: notice.users };
    case 'refused':
      return { event: 'users.refused', source: notice.source, detail: notice.detail };
    case 'open to all':
      return { event: 'users.exposed', source: notice.source };
  }
}

function brokerEvent(notice: BrokerNotice): Parameters<Emit>[0] {
  if (notice.kind === 'listening') return { event: 'broker.listening', ...notice.at, tls: notice.tls };
  const { address: peer, port: peerPort } = notice.peer;
  switch (notice.kind) {
    case 'authenticated':
      return { event: 'broker.joined', peer, peerPort, ident: notice.ident };
    case 'left':
      return { event: 'broker.left', peer, peerPort, ident: notice.ident };
    case 'refused': {
      const { ident, category, text: detail } = notice;
      return { event: 'broker.refused', peer, peerPort, ident, category, detail };
    }
    case 'slow':
      return { event: 'broker.slow', peer, peerPort, ident: notice.ident, backlog: notice.backlog };
    case 'recovered':
      return { event: 'broker.recovered', peer, peerPort, ident: notice.ident, dropped: notice.dropped };
    case 'capped':
      return { event: 'broker.rejected', peer, limit: `broker.limits.${notice.limit}` };
    case 'failed':
      return { event: 'broker.failed', peer, ident: notice.ident, detail: notice.detail };
  }
}
