import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClientTls } from '../../net/dial.ts';
import { selfSignedFile } from '../../setup/dovecot/section-tls.ts';
import type { Port, Site } from '../../setup/dovecot/site.ts';
import type { Startable } from './temporary-server.ts';
import type { Login, Target } from './target.ts';

/** Where a Dovecot that was set up is reached from this machine. */
export function dovecotTargets(
  site: Site,
  login: Login | undefined,
): { readonly imap: Target; readonly pop3: Target | undefined } {
  const { ports } = site;
  const tls = ownCertificate(site);
  const target = (secure: Port, plain: Port): Target | undefined => {
    const host = reachableHost(site.listen);
    if (secure !== 'off') return { host, port: secure, security: 'implicit', tls, login };
    if (plain === 'off') return undefined;
    return { host, port: plain, security: site.tls.is === 'none' ? 'none' : 'starttls', tls, login };
  };
  return { imap: target(ports.imaps, ports.imap)!, pop3: target(ports.pop3s, ports.pop3) };
}

export function startableDovecot(site: Site, { host, port }: Target): Startable {
  return { command: ['dovecot', '-F', '-c', join(site.place.folder, 'dovecot.conf')], host, port };
}

export function reachableHost([first = '127.0.0.1']: readonly string[]): string {
  return first === '*' || first === 'all' || first === '0.0.0.0' ? '127.0.0.1' : first;
}

/** The server has to show the very certificate that it was given, whoever vouches for it. */
function ownCertificate({ tls, place }: Site): ClientTls {
  if (tls.is === 'none') return {};
  return pinned(tls.is === 'files' ? tls.cert : join(place.folder, selfSignedFile));
}

export function pinned(path: string): ClientTls {
  const pem = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(readFileSync(path, 'latin1'))?.[0];
  return pem === undefined ? {} : { pins: [new X509Certificate(pem).fingerprint256] };
}
