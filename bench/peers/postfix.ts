import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../machine/port.ts';
import { postfix, root } from './need.ts';
import { startPeer, type Contender } from './server.ts';

/** A working queue: each message is synced, taken up by the queue manager, and put off for later. */
export const postfixQueue = contender('postfix queue', []);

/** Postfix at its best: each message is synced and set aside unseen, as `postsuper -h` would do it. */
export const postfixHold = contender('postfix hold', ['smtpd_client_restrictions = static:hold']);

function contender(name: string, settings: readonly string[]): Contender {
  return {
    name,
    needs: [postfix, root],
    async start(folder) {
      const port = await freePort();
      const configuration = configure(folder, port, settings);
      // Makes the folders of the queue, with the owners that they must have.
      const check = spawnSync('postfix', ['-c', configuration, 'check'], { encoding: 'utf8' });
      if (check.status !== 0) throw new Error(`postfix check: ${check.stderr}`);
      const daemons = execFileSync('postconf', ['-c', configuration, '-h', 'daemon_directory'], { encoding: 'utf8' });
      return startPeer(folder, port, [join(daemons.trim(), 'master'), '-c', configuration, '-d']);
    },
  };
}

/**
 * An instance of its own, reachable from this machine alone. It cannot send: deliveries are put off, and there is no
 * client among its services that could do them.
 */
function configure(folder: string, port: number, settings: readonly string[]): string {
  const [configuration, queue, data] = ['configuration', 'queue', 'data'].map((name) => join(folder, name));
  for (const path of [configuration!, queue!, data!]) mkdirSync(path);
  // Postfix warns of folders that others can write to.
  chmodSync(folder, 0o755);
  execFileSync('chown', ['postfix', data!]);
  const main = [
    'compatibility_level = 3.6',
    'myhostname = bench.invalid',
    'mydestination =',
    'mynetworks = 127.0.0.0/8',
    'inet_interfaces = 127.0.0.1',
    'inet_protocols = ipv4',
    `queue_directory = ${queue}`,
    `data_directory = ${data}`,
    'alias_maps =',
    'alias_database =',
    'smtpd_relay_restrictions = permit_mynetworks, reject',
    'smtpd_peername_lookup = no',
    'smtpd_reject_unlisted_recipient = no',
    'default_transport = smtp',
    'defer_transports = smtp',
    ...settings,
  ];
  writeFileSync(join(configuration!, 'main.cf'), `${main.join('\n')}\n`);
  const services = [
    `127.0.0.1:${port} inet n - n - - smtpd`,
    'cleanup unix n - n - 0 cleanup',
    'qmgr unix n - n 300 1 qmgr',
    'rewrite unix - - n - - trivial-rewrite',
    'bounce unix - - n - 0 bounce',
    'defer unix - - n - 0 bounce',
    'trace unix - - n - 0 bounce',
    'retry unix - - n - - error',
    'proxymap unix - - n - - proxymap',
    'anvil unix - - n - 1 anvil',
  ];
  writeFileSync(join(configuration!, 'master.cf'), `${services.join('\n')}\n`);
  return configuration!;
}
