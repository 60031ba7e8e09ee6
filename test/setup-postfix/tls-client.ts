import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';

/** Speaks SMTP over TLS from the first byte, one command at a time. */
export class TlsClient {
  readonly #socket: TLSSocket;
  #received = '';
  #waiting: (() => void) | undefined;

  private constructor(port: number) {
    // The certificate vouches for itself.
    this.#socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
    this.#socket.setEncoding('latin1').on('data', (text: string) => {
      this.#received += text;
      this.#waiting?.();
    });
  }

  static async connect(port: number): Promise<TlsClient> {
    const client = new TlsClient(port);
    await client.#reply();
    await client.command('EHLO client.example.test');
    return client;
  }

  get protocol(): string | null {
    return this.#socket.getProtocol();
  }

  get certificateName(): string | string[] | undefined {
    return this.#socket.getPeerCertificate().subject.CN;
  }

  command(line: string): Promise<string> {
    this.#socket.write(`${line}\r\n`);
    return this.#reply();
  }

  logIn(user: string, password: string): Promise<string> {
    return this.command(`AUTH PLAIN ${Buffer.from(`\0${user}\0${password}`).toString('base64')}`);
  }

  async send(from: string, to: string, content: string): Promise<string> {
    for (const line of [`MAIL FROM:<${from}>`, `RCPT TO:<${to}>`, 'DATA']) {
      const reply = await this.command(line);
      if (/^[45]/.test(reply)) return reply;
    }
    return this.command(`${content}.`);
  }

  async quit(): Promise<void> {
    const closed = once(this.#socket, 'close');
    await this.command('QUIT');
    this.#socket.end();
    await closed;
  }

  async #reply(): Promise<string> {
    for (;;) {
      const whole = /^(?:\d{3}-.*\r\n)*\d{3}(?: .*)?\r\n/.exec(this.#received)?.[0];
      if (whole !== undefined) {
        this.#received = this.#received.slice(whole.length);
        return whole.trimEnd();
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting = resolve;
      await promise;
    }
  }
}
