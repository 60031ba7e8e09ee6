import { isIP } from 'node:net';
import { isLoopback } from '../names.ts';
import { readPortOrOff } from '../read-port.ts';
import type { Tls } from '../tls-choice.ts';
import { quoted, wrongFlag } from '../wrong-flag.ts';
import type { Mode, Place, Port, Ports } from './site.ts';
import type { Wishes } from './wishes.ts';

export function readListen(mode: Mode, given: Wishes['listen'] = [mode === 'monitor' ? '127.0.0.1' : 'all']): string[] {
  if (given.length === 0 || (given.length === 1 && given[0] === 'all')) return ['*', '::'];
  for (const address of given) {
    if (isIP(address) === 0 || address.includes('%')) {
      wrongFlag('--listen', `${quoted(address)} is no address.`, 'Write addresses with commas between, or "all".');
    }
  }
  return [...new Set(given)];
}

export function isLoopbackOnly(listen: readonly string[]): boolean {
  return listen.every(isLoopback);
}

type PortFlag = 'imap-port' | 'imaps-port' | 'pop3-port' | 'pop3s-port';
type PortText = Readonly<Record<PortFlag, string>>;

export function readPorts(mode: Mode, around: { readonly tls: Tls; readonly place: Place }, wishes: Wishes): Ports {
  const usual = usualPorts(mode, around.tls);
  const read = (flag: PortFlag) => readPortOrOff(`--${flag}`, wishes[flag] ?? usual[flag]);
  const ports = {
    imap: read('imap-port'),
    imaps: read('imaps-port'),
    pop3: read('pop3-port'),
    pop3s: read('pop3s-port'),
  };
  refuse(ports, around);
  return ports;
}

function usualPorts(mode: Mode, { is }: Tls): PortText {
  const withTls = is === 'none' ? 'off' : 'on';
  const over = (port: string) => (withTls === 'on' ? port : 'off');
  const pop3 = mode === 'mailbox';
  return {
    'imap-port': '143',
    'imaps-port': over('993'),
    'pop3-port': pop3 ? '110' : 'off',
    'pop3s-port': pop3 ? over('995') : 'off',
  };
}

const firstFreePort = 1024;

function refuse(ports: Ports, { tls, place }: { readonly tls: Tls; readonly place: Place }): void {
  const used = Object.entries(ports).filter((each): each is [string, number] => each[1] !== 'off');
  const numbers = used.map(([, port]) => port);
  if (new Set(numbers).size < numbers.length) {
    wrongFlag('--imap-port', 'two services have the same port.', 'Give each of the four ports another number, or off.');
  }
  if (ports.imap === 'off' && ports.imaps === 'off') {
    wrongFlag('--imap-port', 'both ports for IMAP are off.', 'Leave one of them on.');
  }
  const secure: readonly [string, Port][] = [
    ['--imaps-port', ports.imaps],
    ['--pop3s-port', ports.pop3s],
  ];
  for (const [flag, port] of secure) {
    if (tls.is === 'none' && port !== 'off') {
      wrongFlag(flag, 'it speaks TLS from the first byte, and there is none.', 'Leave out --no-tls, or turn it off.');
    }
  }
  const reserved = used.find(([, port]) => port < firstFreePort);
  if (reserved && place.is === 'own' && place.runAs.is === 'one') {
    const [name, port] = reserved;
    wrongFlag(`--${name}-port`, `only root can listen on port ${port}.`, 'Use a port from 1024, or run this as root.');
  }
}
