import { constants, type X509Certificate } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import type { PeerText } from '../../capture/capture.ts';
import { reason } from '../../errors.ts';
import type { Endpoint } from './endpoint.ts';

/** How a connection was encrypted; without proof of who is at the other end, as between mail servers. */
export interface TlsReport {
  readonly version: string;
  readonly cipher: string;
  readonly isVerified: boolean;
  /** Why the certificate proves nothing. */
  readonly doubt?: string;
  readonly certificate?: CertificateFacts;
}

export interface CertificateFacts {
  readonly subject: PeerText;
  readonly issuer: PeerText;
  readonly validTo: string;
  readonly sha256: string;
}

/** Begins TLS on a connection to a server that has agreed to it. */
export function startTls(socket: Socket, { host, address }: Endpoint): TLSSocket {
  return connect({
    socket,
    // For the comparison with the certificate; nothing is connected to any more.
    host: isIP(host) === 0 ? host : address,
    ...(isIP(host) === 0 && { servername: host }),
    // A server without a good certificate gets the message in the clear otherwise, which is no better.
    rejectUnauthorized: false,
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  });
}

/** OpenSSL puts its source files and numbers around the few words that say something. */
export function faultText(error: Error & { readonly reason?: unknown }): string {
  return typeof error.reason === 'string' ? error.reason : reason(error);
}

const longest = 500;

export function tlsReport(socket: TLSSocket): TlsReport {
  const certificate = socket.getPeerX509Certificate();
  return {
    version: socket.getProtocol() ?? '',
    cipher: socket.getCipher().standardName,
    isVerified: socket.authorized,
    ...(!socket.authorized && { doubt: String(socket.authorizationError) }),
    ...(certificate && { certificate: factsOf(certificate) }),
  };
}

function factsOf({ subject, issuer, validTo, fingerprint256 }: X509Certificate): CertificateFacts {
  return {
    subject: subject.slice(0, longest),
    issuer: issuer.slice(0, longest),
    validTo,
    sha256: fingerprint256.replaceAll(':', '').toLowerCase(),
  };
}
