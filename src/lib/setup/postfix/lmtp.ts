import { bracketed, isLoopback } from '../names.ts';
import type { LmtpServer } from './site.ts';

/** As it stands in a map or a transport setting. */
export function lmtpTransport(server: LmtpServer): string {
  return server.at === 'unix' ? `lmtp:unix:${server.path}` : `lmtp:inet:${bracketed(server.host)}:${server.port}`;
}

/** Nobody can listen in on a socket of this machine, and certificates for it would be one more thing to go wrong. */
export function lmtpTlsLevel(server: LmtpServer): 'none' | 'may' {
  return server.at === 'unix' || isLoopback(server.host) ? 'none' : 'may';
}
