import type { Socket } from 'node:net';
import type { Address } from '../capture/capture.ts';
import { ProxyHeaderReader } from '../net/proxy-header.ts';

export type Introduction =
  | { readonly is: 'introduced'; readonly source?: Address | undefined; readonly destination?: Address | undefined }
  | { readonly is: 'failed'; readonly detail: string };

/** Reads what a trusted proxy says before the peer has the word. What came in behind it is left in the socket. */
export function readProxyHeader(socket: Socket, patience: number): Promise<Introduction> {
  const reader = new ProxyHeaderReader();
  return new Promise((resolve) => {
    const finish = (introduction: Introduction) => {
      clearTimeout(timer);
      socket.off('data', read).off('end', gone).off('close', gone).pause();
      resolve(introduction);
    };
    const read = (chunk: Buffer) => {
      const reading = reader.read(chunk);
      if (reading.is === 'incomplete') return;
      if (reading.is === 'malformed') return finish({ is: 'failed', detail: reading.why });
      finish({ is: 'introduced', source: reading.source, destination: reading.destination });
      if (reading.rest.length > 0) socket.unshift(reading.rest);
    };
    const gone = () => finish({ is: 'failed', detail: 'the proxy closed the connection' });
    const timer = setTimeout(
      () => finish({ is: 'failed', detail: 'the proxy did not say for whom it comes' }),
      patience,
    );
    socket.on('data', read).on('end', gone).on('close', gone);
  });
}
