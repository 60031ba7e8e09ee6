import type { ListenOptions, Server } from 'node:net';
import type { Address } from '../capture/capture.ts';
import { errno, exitCodes, Fault, reason } from '../errors.ts';

const backlog = 4096;

/** Where to listen: an address and a port, a Unix socket, or a descriptor that is listening already. */
export type ListenAt =
  | { readonly address: string; readonly port: number }
  /** The mode, in octal digits, says who may connect. */
  | { readonly path: string; readonly mode: string }
  | { readonly fd: number; readonly name: string };

export function listenOptions(at: ListenAt): ListenOptions & { readonly fd?: number } {
  if ('fd' in at) return { fd: at.fd };
  if ('path' in at) return { path: at.path, backlog };
  // Else :: would take the port for IPv4 too, and 0.0.0.0 beside it would find it taken.
  return { host: at.address, port: at.port, backlog, ipv6Only: true };
}

export function boundTo(server: Server, at: ListenAt): Address {
  const bound = server.address();
  // Node does not know the path of a Unix socket that was passed to us.
  if (bound === null) return { address: 'fd' in at ? at.name : 'unknown', port: 0 };
  return typeof bound === 'string' ? { address: bound, port: 0 } : { address: bound.address, port: bound.port };
}

const fixes: Readonly<Record<string, string>> = {
  EADDRINUSE: 'Another program has this port. Stop it, or choose another one with --port (0 takes any free one).',
  EACCES: 'Ports below 1024 need a privilege. Take a higher port and redirect to it, or grant CAP_NET_BIND_SERVICE.',
  EADDRNOTAVAIL: 'No interface of this machine has this address; see "ip address".',
  EINVAL: 'Check what systemd passes: the descriptor must be a listening stream socket.',
};

const fixesForPaths: Readonly<Record<string, string>> = {
  EADDRINUSE: 'Another program listens on this socket. Stop it, or choose another path.',
  EACCES: 'The user that runs this may not create the socket there. Choose another folder, or give the rights.',
  ENOENT: 'The folder of the socket is not there. Create it, or choose another path.',
};

export function cannotListen(intake: string, at: ListenAt, error: Error): Fault {
  const known = 'path' in at ? fixesForPaths : fixes;
  return new Fault(`The ${intake} intake cannot listen on ${nameOf(at)}: ${reason(error)}.`, {
    code: `${intake}.listen`,
    fix: known[errno(error) ?? ''] ?? 'Check --bind and the ports.',
    exit: exitCodes.failed,
    cause: error,
  });
}

function nameOf(at: ListenAt): string {
  if ('fd' in at) return `the passed socket ${at.name}`;
  return 'path' in at ? at.path : `${at.address} port ${at.port}`;
}
