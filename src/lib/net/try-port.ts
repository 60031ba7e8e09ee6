import { createServer } from 'node:net';
import { errno } from '../errors.ts';

/** What comes of listening somewhere; what is free is let go of at once. */
export type PortTried = 'free' | 'taken' | 'forbidden' | 'no such address' | 'unusable';

const meanings: Readonly<Record<string, PortTried>> = {
  EADDRINUSE: 'taken',
  EACCES: 'forbidden',
  EPERM: 'forbidden',
  EADDRNOTAVAIL: 'no such address',
};

export async function tryPort(host: string, port: number): Promise<PortTried> {
  const { promise, resolve } = Promise.withResolvers<PortTried>();
  const server = createServer();
  server.once('error', (error) => resolve(meanings[errno(error) ?? ''] ?? 'unusable'));
  server.listen({ host, port, exclusive: true }, () => server.close(() => resolve('free')));
  return promise;
}
