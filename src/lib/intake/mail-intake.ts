import { createServer, type Server, type Socket } from 'node:net';
import type { Address } from '../capture/capture.ts';
import { plainAddress } from '../net/plain-address.ts';
import { fill } from '../smtp/persona.ts';
import { Admission, type Place } from './admission.ts';
import type { IntakeSettings } from './intake-settings.ts';
import { RecentDialogues, type Dialogue } from './dialogue.ts';
import { boundTo, cannotListen, listenOptions, type ListenAt } from './listen-at.ts';
import { MailConnection, type Leaving, type TlsUse } from './mail-connection.ts';
import { allowToConnect, removeStaleSocket } from './unix-socket.ts';
import type { Ends } from './session-record.ts';
import { readProxyHeader } from './read-proxy-header.ts';

/** How often deadlines are looked at. */
const checkEvery = 250;

/** A server of the SMTP family: takes every message for whom it may, and sends none. */
export class MailIntake {
  readonly #settings: IntakeSettings;
  readonly #admission: Admission;
  readonly #servers: Server[] = [];
  readonly #connections = new Set<MailConnection>();
  readonly #recent = new RecentDialogues();
  readonly #unintroduced = new Set<Socket>();
  #checks: NodeJS.Timeout | undefined;
  #isClosing = false;
  #drained: (() => void) | undefined;

  constructor(settings: IntakeSettings) {
    this.#settings = settings;
    this.#admission = new Admission(settings.limits, settings.tarpit, settings.now);
  }

  async listen(at: ListenAt, tls: TlsUse): Promise<Address> {
    const { emit, intake } = this.#settings;
    if ('path' in at) await removeStaleSocket(at.path);
    const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => this.#welcome(socket, tls));
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(cannotListen(intake, at, error)));
      server.listen(listenOptions(at), resolve);
    });
    this.#servers.push(server);
    if ('path' in at) allowToConnect(at.path, at.mode);
    this.#checks ??= setInterval(() => this.#check(), checkEvery).unref();
    const bound = boundTo(server, at);
    emit({ event: 'listening', intake, ...bound, tls });
    return bound;
  }

  /** What was said in a session that is open, or was a moment ago. */
  dialogue(session: string): Dialogue | undefined {
    for (const connection of this.#connections) if (connection.session === session) return connection.overhear();
    return this.#recent.find(session);
  }

  /** Takes no new session, lets messages under way be finished, and ends everything when the signal says so. */
  async close(hurry: AbortSignal): Promise<void> {
    this.#isClosing = true;
    for (const server of this.#servers) server.close();
    for (const socket of this.#unintroduced) socket.destroy();
    const drained = new Promise<void>((resolve) => (this.#drained = resolve));
    for (const connection of this.#connections) connection.endWhenIdle();
    const endAll = () => {
      for (const connection of this.#connections) connection.endNow();
    };
    if (hurry.aborted) endAll();
    else hurry.addEventListener('abort', endAll, { once: true });
    if (this.#connections.size > 0) await drained;
    hurry.removeEventListener('abort', endAll);
    clearInterval(this.#checks);
  }

  #check(): void {
    const now = this.#settings.now();
    for (const connection of this.#connections) connection.check(now);
  }

  #welcome(socket: Socket, tls: TlsUse): void {
    const ends = endsOf(socket);
    // A peer may be gone before it is looked at.
    if (ends === undefined) return void socket.destroy();
    if (this.#settings.proxies?.has(ends.peer.address)) void this.#welcomeThroughProxy(socket, tls, ends);
    else this.#admit(socket, tls, ends);
  }

  async #welcomeThroughProxy(socket: Socket, tls: TlsUse, { peer: proxy, local }: Ends): Promise<void> {
    const { limits, emit, intake } = this.#settings;
    const mute = () => undefined;
    socket.on('error', mute);
    this.#unintroduced.add(socket);
    const introduction = await readProxyHeader(socket, limits.handshake);
    this.#unintroduced.delete(socket);
    if (introduction.is === 'failed' || this.#isClosing || socket.destroyed) {
      const detail = introduction.is === 'failed' ? introduction.detail : 'the connection is closed';
      emit({ event: 'proxy.failed', intake, peer: proxy.address, detail });
      return void socket.destroy();
    }
    socket.off('error', mute);
    const { source: peer = proxy, destination = local } = introduction;
    this.#admit(socket, tls, { peer, local: destination, proxy });
  }

  #admit(socket: Socket, tls: TlsUse, ends: Ends): void {
    const { persona, host, emit, intake } = this.#settings;
    const { address: peer } = ends.peer;
    const admitted = this.#admission.admit(peer);
    if (!admitted.admitted) {
      const where = admitted.limit === 'tarpit.slots' ? intake : `${intake}.limits`;
      emit({ event: 'session.rejected', intake, peer, limit: `${where}.${admitted.limit}` });
      socket.on('error', () => undefined);
      // Before a handshake nobody would understand a word.
      if (tls !== 'implicit') socket.end(`${fill(persona.replies.tooManyConnections, { host, peer })}\r\n`);
      return socket.destroySoon();
    }
    const connection = new MailConnection(socket, this.#settings, {
      ends,
      tls,
      place: admitted,
      moveToTarpit: this.#moveToTarpit,
      gone: this.#leave,
    });
    this.#connections.add(connection);
  }

  readonly #moveToTarpit = (place: Place): boolean => this.#admission.moveToTarpit(place);

  readonly #leave = (connection: MailConnection, { place, endedBy }: Leaving): void => {
    this.#admission.release(place);
    if (endedBy === 'limit') this.#admission.remember(place.address);
    this.#connections.delete(connection);
    this.#recent.add(connection.session, connection.remembered());
    if (this.#connections.size === 0) this.#drained?.();
  };
}

function endsOf(socket: Socket): Ends | undefined {
  const { remoteAddress, remotePort, localAddress, localPort } = socket;
  if (remoteAddress !== undefined) {
    return {
      peer: { address: plainAddress(remoteAddress), port: remotePort ?? 0 },
      local: { address: plainAddress(localAddress ?? ''), port: localPort ?? 0 },
    };
  }
  // On a Unix socket nobody has an address; on a network only who is gone.
  const isLocal = socket.address() !== null && localAddress === undefined && !socket.destroyed;
  return isLocal ? { peer: { address: 'local', port: 0 }, local: { address: 'local', port: 0 } } : undefined;
}
