import { isIP, isIPv6 } from 'node:net';
import { bracketed, hostAndPort } from '../names.ts';
import { readPort, readPortOrOff } from '../read-port.ts';
import { quoted, wrongFlag } from '../wrong-flag.ts';
import type { Tls } from '../tls-choice.ts';
import type { LmtpServer, Mode, Ports } from './site.ts';
import type { Wishes } from './wishes.ts';

export function readLmtp(mode: Mode, given: string | undefined): LmtpServer {
  if (given === undefined) {
    return mode === 'mailserver'
      ? { at: 'unix', path: 'private/dovecot-lmtp' }
      : { at: 'inet', host: '127.0.0.1', port: 6024 };
  }
  const path = /^unix:(.*)$/s.exec(given)?.[1];
  if (path !== undefined && /^[\w./@+-]+$/.test(path)) return { at: 'unix', path };
  const place = hostAndPort(given, undefined);
  if (!place || path !== undefined) {
    wrongFlag('--lmtp', `${quoted(given)} is no place to deliver to.`, 'Write HOST:PORT, [IPV6]:PORT or unix:PATH.');
  }
  return { at: 'inet', ...place };
}

/** In the words of Postfix: `inet:127.0.0.1:8891`, `unix:/run/filter.sock`. */
export function readMilter(given: string): string {
  const path = /^unix:(.*)$/s.exec(given)?.[1];
  if (path !== undefined && /^\/[\w./@+-]+$/.test(path)) return `unix:${path}`;
  const place = path === undefined ? hostAndPort(given.replace(/^inet:/, ''), undefined) : undefined;
  if (place) return `inet:${isIPv6(place.host) ? bracketed(place.host) : place.host}:${place.port}`;
  return wrongFlag('--milter', `${quoted(given)} is no place of a filter.`, 'Write HOST:PORT or unix:/PATH.');
}

export function readListen(given: Wishes['listen'] = ['all']): string[] {
  if (given.length === 1 && given[0] === 'all') return ['all'];
  for (const address of given) {
    if (isIP(address) === 0 || address.includes('%') || isWildcard(address)) {
      wrongFlag(
        '--listen',
        `${quoted(address)} is no address of one interface.`,
        'Write addresses with commas between, or "all".',
      );
    }
  }
  return given.length === 0 ? ['all'] : [...new Set(given)];
}

function isWildcard(address: string): boolean {
  return /^[0.:]+$/.test(address);
}

export function readPorts(mode: Mode, tls: Tls, wishes: Wishes): Ports {
  const isMailserver = mode === 'mailserver';
  const ports: Ports = {
    smtp: readPort('--port', wishes.port ?? '25'),
    submission: readPortOrOff('--submission-port', wishes['submission-port'] ?? (isMailserver ? '587' : 'off')),
    submissions: readPortOrOff('--submissions-port', wishes['submissions-port'] ?? (isMailserver ? '465' : 'off')),
  };
  const used = Object.values(ports).filter((port) => port !== 'off');
  if (new Set(used).size < used.length) {
    wrongFlag(
      '--port',
      'two services have the same port.',
      'Give --port, --submission-port and --submissions-port one each.',
    );
  }
  if (tls.is === 'none' && ports.submissions !== 'off') {
    wrongFlag(
      '--submissions-port',
      'it speaks TLS from the first byte, and there is none.',
      'Leave out --no-tls, or turn it off.',
    );
  }
  if (tls.is === 'none' && isMailserver && ports.submission !== 'off') {
    wrongFlag(
      '--submission-port',
      'passwords are taken over TLS only, and there is none.',
      'Leave out --no-tls, or turn it off.',
    );
  }
  return ports;
}
