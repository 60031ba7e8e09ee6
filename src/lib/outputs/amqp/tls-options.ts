import { checkServerIdentity, type ConnectionOptions } from 'node:tls';
import type { ServerPlace } from '../../net/dial.ts';

/** How the library is to judge the broker: as `dial` does. With a pin the certificate that passed is the only one. */
export function tlsOptions({ host, tls }: ServerPlace, passed: Buffer | undefined): Omit<ConnectionOptions, 'timeout'> {
  if (tls === undefined) return {};
  const { ca, pins = [], verify = true, serverName = host } = tls;
  if (pins.length > 0 && passed) {
    return { ca: pemOf(passed), allowPartialTrustChain: true, checkServerIdentity: () => undefined };
  }
  return {
    ...(ca !== undefined && { ca }),
    rejectUnauthorized: verify,
    checkServerIdentity: (_, certificate) => checkServerIdentity(serverName, certificate),
  };
}

function pemOf(certificate: Buffer): string {
  return `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64')}\n-----END CERTIFICATE-----\n`;
}
