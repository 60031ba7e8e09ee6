import { dirname } from 'node:path';
import { madeBy } from './origin.ts';
import type { Site } from './site.ts';

/** The same Postfix in a container. It shares the host's network, and so its firewall and the trap's loopback address. */
export function composeYml(site: Site): string {
  return `${madeBy(site)}#
# docker compose up -d
services:
  postfix:
    build:
      context: .
      dockerfile_inline: |
        FROM debian:12-slim
        RUN apt-get update \\
          && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \\
            ca-certificates libsasl2-modules postfix \\
          && rm -rf /var/lib/apt/lists/*
    network_mode: host
    restart: unless-stopped
    init: true
    stop_grace_period: 30s
    cap_drop: [ALL]
    cap_add: [CHOWN, DAC_OVERRIDE, FOWNER, KILL, NET_BIND_SERVICE, SETGID, SETUID, SYS_CHROOT]
    security_opt: ['no-new-privileges:true']
    # Postfix wants its configuration to be root's, and says what it does on standard output here.
    command:
      - sh
      - -ec
      - |
        cp -R /setup/. /etc/postfix/
        chown -R root:root /etc/postfix
        postconf -e maillog_file=/dev/stdout
        exec postfix start-fg
    healthcheck:
      test: [CMD, postfix, status]
      interval: 30s
    volumes:
      - .:/setup:ro
${mounts(site)
  .map((mount) => `      - ${mount}\n`)
  .join('')}${site.mode === 'mailserver' ? '' : 'volumes:\n  queue:\n'}`;
}

function mounts({ mode, lmtp, tls }: Site): string[] {
  const paths = [
    ...(lmtp.at === 'unix' && lmtp.path.startsWith('/') ? [dirname(lmtp.path)] : []),
    ...(tls.is === 'files' ? [tls.cert, tls.key] : []),
  ];
  // Dovecot puts its sockets into the queue's folder, so that is the host's.
  const queue = mode === 'mailserver' ? '/var/spool/postfix' : 'queue';
  return [`${queue}:/var/spool/postfix`, ...[...new Set(paths)].map((path) => `${path}:${path}`)];
}
