import { connect, type Socket } from 'node:net';

/** Begins a connection to an IP address. */
export type Dial = (address: string, port: number) => Socket;

/** The one place from which a capture's way out of this machine begins. */
export const dial: Dial = (host, port) => connect({ host, port, noDelay: true, lookup: refuseName });

// An address is never looked up; a name would be, by whoever answers now, after another answer was judged.
function refuseName(name: string, _options: unknown, done: (error: Error, address: string) => void): void {
  done(new Error(`only addresses are connected to, and ${JSON.stringify(name)} is none`), '');
}
