import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ServerCertificate } from './server-certificate.ts';

/** One connection to any mail server, raw, in clear or by TLS. What comes back has one character for each byte. */
export class LineClient {
  #socket: Socket;
  #received = '';
  #look: () => void = () => undefined;

  /** With a certificate, TLS begins with the first byte. */
  static async connect(port: number, certificate?: ServerCertificate): Promise<LineClient> {
    const socket = connect({ port, host: '127.0.0.1' });
    await once(socket, 'connect');
    const client = new LineClient(socket);
    if (certificate) await client.startTls(certificate);
    else client.#listen();
    return client;
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Says this, and returns everything up to and with what ends like this. */
  async say(line: string, end: RegExp): Promise<string> {
    this.#socket.write(`${line}\r\n`, 'latin1');
    return await this.hears(end);
  }

  async hears(end: RegExp): Promise<string> {
    for (;;) {
      const found = end.exec(this.#received);
      if (found) {
        const until = found.index + found[0].length;
        const heard = this.#received.slice(0, until);
        this.#received = this.#received.slice(until);
        return heard;
      }
      if (this.#socket.closed) throw new Error(`The server closed after ${this.#received}`);
      await new Promise<void>((resolve) => (this.#look = resolve));
    }
  }

  /** Goes on by TLS, once the server has agreed. Nobody but the owner of this certificate will do. */
  async startTls(certificate: ServerCertificate): Promise<void> {
    this.#socket.removeAllListeners('data');
    const ca = readFileSync(certificate.cert);
    const secure = connectTls({ socket: this.#socket, ca, servername: 'localhost' });
    await once(secure, 'secureConnect');
    this.#socket = secure;
    this.#listen();
  }

  close(): void {
    this.#socket.destroy();
  }

  #listen(): void {
    this.#socket.on('data', (chunk: Buffer) => {
      this.#received += chunk.toString('latin1');
      this.#look();
    });
    // What an error was does not matter: 'close' follows it.
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => this.#look());
  }
}
