import type { Dialect } from './dialect.ts';
import { block, setting, type Entry, type Section } from './settings.ts';
import type { Port, Site } from './site.ts';

export function listeners(site: Site, dialect: Dialect): Section {
  const { listen, ports } = site;
  return {
    file: '10-master',
    title: 'Protocols, addresses and ports',
    entries: [
      dialect.protocols(protocolsOf(site), 'What it serves; everything else is off.'),
      setting('listen', listen.join(', '), 'Where it listens. Nobody else can reach it.'),
      block('service imap-login', listener('imap', ports.imap), listener('imaps', ports.imaps, tls)),
      ...(servesPop3(site)
        ? [block('service pop3-login', listener('pop3', ports.pop3), listener('pop3s', ports.pop3s, tls))]
        : []),
    ],
  };
}

export function protocolsOf(site: Site): string[] {
  const protocols = ['imap', ...(servesPop3(site) ? ['pop3'] : [])];
  return site.mode === 'monitor' ? protocols : [...protocols, 'lmtp'];
}

function servesPop3({ ports }: Site): boolean {
  return ports.pop3 !== 'off' || ports.pop3s !== 'off';
}

const tls = [setting('ssl', 'yes', 'TLS from the first byte.')];

function listener(name: string, port: Port, more: readonly Entry[] = []): Entry {
  if (port === 'off') return block(`inet_listener ${name}`, setting('port', 0, 'Off: left out, it would be on.'));
  return block(
    `inet_listener ${name}`,
    setting('port', port, 'As told on the command line, or the usual one.'),
    ...more,
  );
}
