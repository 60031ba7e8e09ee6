import type { Socket } from 'node:net';
import { TLSSocket, type SecureContext } from 'node:tls';
import type { TlsFacts, TlsFailure } from '../capture/capture.ts';
import { reason } from '../errors.ts';
import { readClientHello, type ClientHello } from '../net/client-hello.ts';

export interface TlsOutcome {
  readonly done: (secure: TLSSocket, facts: TlsFacts) => void;
  /** The socket is gone then. */
  readonly failed: (failure: TlsFailure) => void;
}

/**
 * Makes a TLS connection of a socket on which nothing else listens any more. The client's first record is read on the
 * way: the library tells neither what was offered nor what was asked for when the handshake fails.
 */
export function takeUpTls(socket: Socket, context: SecureContext, { done, failed }: TlsOutcome): void {
  let received: Buffer = Buffer.alloc(0);
  const look = (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const reading = readClientHello(received);
    if (reading.is === 'incomplete') return;
    socket.off('data', look);
    socket.pause();
    socket.unshift(received);
    const hello = reading.is === 'hello' ? reading.hello : undefined;
    shakeHands(socket, context, hello, { done, failed });
  };
  socket.on('data', look);
  socket.resume();
}

function shakeHands(
  socket: Socket,
  context: SecureContext,
  hello: ClientHello | undefined,
  { done, failed }: TlsOutcome,
): void {
  const secure = new TLSSocket(socket, { isServer: true, secureContext: context });
  const fail = (error: Error) => {
    secure.off('end', leave);
    failed({ detail: brief(error), speaks: hello ? 'tls' : 'otherwise', ...hello });
    secure.destroy();
  };
  const leave = () => fail(new Error('the peer closed the connection'));
  secure.once('error', fail).once('end', leave);
  secure.once('secure', () => {
    secure.off('error', fail).off('end', leave);
    // Without a tls.Server around it a TLSSocket says nothing of faults after the handshake, and lets peers renegotiate
    // for ever; both arrive here.
    secure.on('_tlsError', (error: Error) => secure.destroy(error));
    done(secure, { version: secure.getProtocol() ?? '', cipher: secure.getCipher().standardName, ...hello });
  });
}

// OpenSSL puts its source files and numbers around the one sentence that says something.
function brief(error: Error): string {
  return reason(error).split(':')[5] ?? reason(error);
}
