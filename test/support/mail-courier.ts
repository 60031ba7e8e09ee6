import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer, type TLSSocket } from 'node:tls';
import { onTestFinished } from 'vitest';
import { mailUser } from './dovecot.ts';
import { serverFolder, writeCertificate } from './real-server.ts';
import { unpacked, unpackedPeer } from './unpacked-debian.ts';

const imapd = 'usr/bin/imapd';
const others = ['courier-authlib'];

/** `describe` for tests before Courier, which Debian does not let in beside Dovecot: it is unpacked. */
export const withCourier = unpackedPeer('courier-imap', imapd, others);

export interface MailCourier {
  readonly imaps: number;
  /** Path of the certificate that it shows. */
  readonly cert: string;
  deliver(messages: readonly Buffer[]): void;
  /** Names of the files of its messages, with their flags. */
  files(): string[];
}

// Courier's login programs look for a daemon at a fixed place of the machine. So TLS and the login are done here, as
// its own do it, by variables; every word after the login is Courier's.
export async function startCourier(): Promise<MailCourier> {
  const found = unpacked('courier-imap', imapd, others);
  if (found instanceof Error) throw found;
  const home = serverFolder();
  const { cert, key } = await writeCertificate(home, 'localhost');
  const maildir = join(home, 'Maildir');
  for (const path of [maildir, ...['new', 'cur', 'tmp'].map((name) => join(maildir, name))]) mkdirSync(path);
  for (const path of [home, maildir, ...readdirSync(maildir).map((name) => join(maildir, name))]) {
    chownSync(path, mailUser, mailUser);
  }
  const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) });
  server.on('secureConnection', (client) => logIn(client, { program: join(found.folder, imapd), home, ...found }));
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return {
    imaps: (server.address() as AddressInfo).port,
    cert,
    deliver(messages) {
      for (const [index, message] of messages.entries()) {
        const path = join(maildir, 'new', `${1_700_000_000 + index}.M${index}P1.test`);
        writeFileSync(path, message);
        chownSync(path, mailUser, mailUser);
      }
    },
    files: () => ['new', 'cur'].flatMap((name) => readdirSync(join(maildir, name))),
  };
}

const capability = 'IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT SORT QUOTA IDLE';

function logIn(
  client: TLSSocket,
  { program, home, libraries }: { readonly program: string; readonly home: string; readonly libraries: string },
): void {
  client.on('error', () => undefined);
  client.write(`* OK [CAPABILITY ${capability}] Courier-IMAP ready.\r\n`);
  let waiting = '';
  const onData = (bytes: Buffer) => {
    waiting += bytes.toString('latin1');
    const end = waiting.indexOf('\r\n');
    if (end === -1) return;
    const [tag = '', command = ''] = waiting.slice(0, end).split(' ');
    waiting = waiting.slice(end + 2);
    if (command.toUpperCase() !== 'LOGIN') {
      const answer = command.toUpperCase() === 'CAPABILITY' ? `* CAPABILITY ${capability}\r\n` : '';
      client.write(`${answer}${tag} OK done\r\n`);
      return;
    }
    client.off('data', onData);
    const child = spawn(program, ['Maildir'], {
      cwd: home,
      uid: mailUser,
      gid: mailUser,
      stdio: ['pipe', 'pipe', 'ignore'],
      env: {
        LD_LIBRARY_PATH: libraries,
        HOME: home,
        PROTOCOL: 'IMAP',
        AUTHENTICATED: 'trap',
        AUTHADDR: 'trap',
        IMAPLOGINTAG: tag,
        IMAP_CAPABILITY: capability,
        IMAP_KEYWORDS: '1',
        IMAP_USELOCKS: '1',
        IMAP_ENHANCEDIDLE: '0',
        // Without these two it ends at once, and says nothing.
        TCPREMOTEIP: '127.0.0.1',
        TCPREMOTEPORT: '4711',
      },
    });
    child.stdin.on('error', () => undefined);
    client.pipe(child.stdin);
    child.stdout.pipe(client);
    client.on('close', () => child.kill());
  };
  client.on('data', onData);
}
