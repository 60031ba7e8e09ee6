import { lookup } from 'node:dns/promises';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { reason } from '../../errors.ts';
import { DialFault, reach, secure, type ServerPlace } from '../../net/dial.ts';
import { Skip, StepFault, type Step } from './step.ts';

/** The way to a server, before anything is said to it. */
export interface Reached {
  socket: Socket | undefined;
}

const fixes: Readonly<Record<DialFault['kind'], string>> = {
  resolve: 'Check the name, and the resolver of this machine.',
  connect: 'Check that the server runs, its address and port, and firewalls on the way.',
  tls: 'Check whether that port speaks TLS, and name the CA or the fingerprint of its certificate (tls.ca, tls.pins).',
  timeout: 'Check firewalls: something on the way swallows what is sent.',
};

export function reachSteps(place: ServerPlace, connectMs: number, reached: Reached): Step[] {
  const { host, port, tls } = place;
  return [
    {
      name: 'resolve',
      needed: 'by the rest',
      async run() {
        try {
          const found = await lookup(host, { all: true });
          const addresses = found.map(({ address }) => address).join(', ');
          return addresses === host ? `${host} is an address` : `${host} is ${addresses}`;
        } catch (error) {
          throw new StepFault(`the name ${host} has no address: ${reason(error)}`, fixes.resolve, { cause: error });
        }
      },
    },
    {
      name: 'connect',
      needed: 'by the rest',
      async run(signal) {
        const startedAt = performance.now();
        reached.socket = await orDialFault(() => reach(place, { connectMs }, signal));
        const { remoteAddress } = reached.socket;
        return `${remoteAddress} port ${port} answers after ${(performance.now() - startedAt).toFixed(1)} ms`;
      },
    },
    {
      name: 'TLS',
      needed: 'by the rest',
      async run(signal) {
        if (tls === undefined) throw new Skip(withoutTls(reached.socket?.remoteAddress));
        reached.socket = await orDialFault(() => secure(reached.socket!, place, tls, { connectMs }, signal));
        const { getProtocol, valid_to: until } = settled(reached.socket as TLSSocket);
        return `${getProtocol}, with a certificate that is good until ${until}`;
      },
    },
  ];
}

function withoutTls(address = ''): string {
  if (/^(?:127\.|::1$|::ffff:127\.)/.test(address)) return 'not configured, and nothing leaves this machine';
  return 'not configured: everybody on the way can read it all';
}

function settled(socket: TLSSocket) {
  return { getProtocol: socket.getProtocol() ?? 'TLS', valid_to: socket.getPeerCertificate().valid_to };
}

/** What has kept us from a server, as the fault of a step. */
export async function orDialFault<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DialFault) throw new StepFault(error.message, fixes[error.kind], { cause: error });
    throw error;
  }
}
