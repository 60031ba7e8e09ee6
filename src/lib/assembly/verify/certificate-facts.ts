import type { TLSSocket } from 'node:tls';

/** What a user would see of the certificate, in a sentence. */
export function certificateFacts(socket: TLSSocket): string {
  const { subject, issuer, valid_to: until } = socket.getPeerCertificate();
  const name = String(subject?.CN ?? 'nobody');
  const by = String(issuer?.CN ?? 'nobody');
  const vouched = by === name ? 'itself' : by;
  const trust = socket.authorized ? '' : `; it is not trusted (${String(socket.authorizationError)})`;
  return `${socket.getProtocol() ?? 'TLS'}; the certificate is for ${name}, ${vouched} vouches for it until ${until}${trust}`;
}
