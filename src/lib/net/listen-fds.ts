import { exitCodes, Fault } from '../errors.ts';

/** A listening socket that systemd has opened for us, see sd_listen_fds(3). */
export interface ListenFd {
  readonly fd: number;
  /** `FileDescriptorName=` of the socket unit; `unknown` where there is none. */
  readonly name: string;
}

export interface Activation {
  readonly pid: number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const firstFd = 3;
const mostFds = 1024;

/** The sockets that were passed to this process, in the order of the socket units. */
export function listenFds({ pid, env }: Activation): ListenFd[] {
  const { LISTEN_PID: forPid, LISTEN_FDS: written, LISTEN_FDNAMES: names } = env;
  // Variables for another process have come down from a parent, and its descriptors have not.
  if (forPid === undefined || numberIn('LISTEN_PID', forPid) !== pid || written === undefined) return [];
  const count = numberIn('LISTEN_FDS', written);
  if (count > mostFds) throw wrong('LISTEN_FDS', written, `more than the ${mostFds} sockets that are taken`);
  const named = names === undefined ? Array.from({ length: count }, () => 'unknown') : names.split(':');
  if (named.length !== count) throw wrong('LISTEN_FDNAMES', names ?? '', `not a name for each of ${count} sockets`);
  return named.map((name, index) => ({ fd: firstFd + index, name }));
}

/** To be called once they have been read: a child must not take our sockets for its own. */
export function forgetListenFds(env: Record<string, string | undefined>): void {
  for (const name of ['LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES']) delete env[name];
}

function numberIn(name: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw wrong(name, text, 'no number');
}

function wrong(name: string, text: string, what: string): Fault {
  return new Fault(`The variable ${name} is ${JSON.stringify(text)}, which is ${what}.`, {
    code: 'listen-fds.invalid',
    fix: `Let systemd start spamtrap through a socket unit, or unset ${name}.`,
    exit: exitCodes.usage,
  });
}
