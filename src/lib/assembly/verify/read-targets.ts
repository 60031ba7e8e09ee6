import { givenPassword } from '../../setup/given-password.ts';
import { hostAndPort } from '../../setup/names.ts';
import { readPort } from '../../setup/read-port.ts';
import { quoted, wrongFlag } from '../../setup/wrong-flag.ts';
import type { Login, Target } from './target.ts';
import { authorities } from './verify.ts';

export interface Given {
  readonly port: string | undefined;
  readonly tls: string | undefined;
  readonly user: string | undefined;
  readonly 'password-file': string | undefined;
  readonly 'password-stdin': boolean;
  readonly ca: string | undefined;
  readonly insecure: boolean;
}

/** Where a protocol is, and when TLS begins there. */
export interface UsualPorts {
  readonly port: number;
  readonly implicit: number;
  readonly starttls: number;
  /** At every other port. */
  readonly otherwise: 'implicit' | 'starttls';
}

export function readTargets(hosts: readonly string[], given: Given, usual: UsualPorts): readonly Target[] {
  const login = readLogin(given);
  const tls = { ca: authorities(given.ca), verify: !given.insecure };
  const fallback = given.port === undefined ? usual.port : readPort('--port', given.port);
  return hosts.map((text) => {
    const place =
      hostAndPort(text, fallback) ??
      wrongFlag('HOST', `${quoted(text)} is no server.`, 'Write HOST, HOST:PORT or [IPV6]:PORT.');
    return { ...place, security: (given.tls as Target['security']) ?? securityAt(place.port, usual), tls, login };
  });
}

function securityAt(port: number, { implicit, starttls, otherwise }: UsualPorts): Target['security'] {
  if (port === implicit) return 'implicit';
  return port === starttls ? 'starttls' : otherwise;
}

function readLogin({ user, ...from }: Given): Login | undefined {
  const password = givenPassword({ file: from['password-file'], stdin: from['password-stdin'] });
  if (user === undefined && password === undefined) return undefined;
  if (user === undefined) return wrongFlag('--user', 'it is missing.', 'Say whose password it is.');
  if (password === undefined) {
    return wrongFlag('--password-file', 'it is missing.', 'Give --password-file or --password-stdin with --user.');
  }
  return { user, password };
}
