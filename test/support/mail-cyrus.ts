import { chownSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mailUser } from './dovecot.ts';
import { ImapClient } from './imap-client.ts';
import { freePorts, RealProcess, serverFolder, writeCertificate } from './real-server.ts';
import { unpacked, unpackedPeer } from './unpacked-debian.ts';

const others = ['cyrus-common'];
const imapd = 'usr/lib/cyrus/bin/imapd';

/** `describe` for tests before Cyrus, which Debian does not let in beside Dovecot: it is unpacked. */
export const withCyrus = unpackedPeer('cyrus-imapd', imapd, others);

export interface MailCyrus {
  readonly imap: number;
  readonly imaps: number;
  /** Path of the certificate that it shows. */
  readonly cert: string;
  /** Puts messages into a folder of the user; any password is right. */
  append(folder: string, messages: readonly Buffer[]): Promise<void>;
  /** The flags of each message of a folder. */
  flags(folder: string): Promise<string[]>;
}

export async function startCyrus(user: string): Promise<MailCyrus> {
  const found = unpacked('cyrus-imapd', imapd, others);
  if (found instanceof Error) throw found;
  const home = serverFolder();
  const [imap, imaps] = (await freePorts(2)) as [number, number];
  const { cert, key } = await writeCertificate(home, 'localhost');
  for (const name of ['conf', 'spool', 'run']) mkdirSync(join(home, name));
  writeFileSync(join(home, 'imapd.conf'), settings(home, { cert, key }));
  writeFileSync(join(home, 'cyrus.conf'), services(found.folder, home, { imap, imaps }));
  for (const name of readdirSync(home)) chownSync(join(home, name), mailUser, mailUser);
  chownSync(home, mailUser, mailUser);
  const files = ['-C', join(home, 'imapd.conf'), '-M', join(home, 'cyrus.conf'), '-p', join(home, 'run', 'pid')];
  const env = { PATH: process.env['PATH'], CYRUS_USER: 'mail', LD_LIBRARY_PATH: found.libraries };
  const server = new RealProcess(join(found.folder, 'usr/lib/cyrus/bin/master'), ['-D', ...files], { env });
  await server.listens(imap);
  const admin = await ImapClient.login(imap, 'admin', 'any');
  await admin.command(`CREATE user/${user}`);
  await admin.logout();
  const owner = await ImapClient.login(imap, user, 'any');
  await owner.command('CREATE Junk (USE (\\Junk))');
  await owner.logout();
  return {
    imap,
    imaps,
    cert,
    async append(folder, messages) {
      const client = await ImapClient.login(imap, user, 'any');
      for (const message of messages) await client.append(folder, message);
      await client.logout();
    },
    async flags(folder) {
      const client = await ImapClient.login(imap, user, 'any');
      await client.command(`EXAMINE ${folder}`);
      const answer = await client.command('UID FETCH 1:* FLAGS');
      await client.logout();
      return [...answer.matchAll(/FLAGS \(([^)]*)\)/g)].map(([, flags]) => flags!).slice(0);
    },
  };
}

function settings(home: string, { cert, key }: { readonly cert: string; readonly key: string }): string {
  return `
configdirectory: ${home}/conf
partition-default: ${home}/spool
defaultpartition: default
sasl_pwcheck_method: alwaystrue
sasl_mech_list: PLAIN
allowplaintext: yes
admins: admin
proc_path: ${home}/run/proc
mboxname_lockpath: ${home}/run/lock
idlesocket: ${home}/run/idle
lmtpsocket: ${home}/run/lmtp
tls_server_cert: ${cert}
tls_server_key: ${key}
unixhierarchysep: yes
altnamespace: yes
virtdomains: off
# Without its daemon for that, it looks for news itself while a client idles.
imapidlepoll: 1
servername: localhost
# Messages that are expunged stay on its disk for a while: its usual way, and no client may see them.
expunge_mode: delayed
`;
}

function services(folder: string, home: string, ports: { readonly imap: number; readonly imaps: number }): string {
  const bin = join(folder, 'usr/lib/cyrus/bin');
  const file = `-C ${home}/imapd.conf`;
  return `
START {
  recover cmd="${bin}/ctl_cyrusdb ${file} -r"
}
SERVICES {
  imap cmd="${bin}/imapd ${file} -U 30" listen="127.0.0.1:${ports.imap}" prefork=0
  imaps cmd="${bin}/imapd ${file} -s -U 30" listen="127.0.0.1:${ports.imaps}" prefork=0
}
`;
}
