import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { peer } from '../support/peers.ts';
import { Sensor } from '../support/sensor.ts';
import { SmtpClient } from '../support/smtp-client.ts';
import { evidenceOf } from './evidence.ts';
import { unless } from './left-out.ts';

const ports = [25, 465, 587];
/** Debian's nobody. */
const uid = 65_534;
const identity = [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups'];
const capability = ['--inh-caps=+net_bind_service', '--ambient-caps=+net_bind_service'];

/** What stands in the way of these tests on this machine. */
async function obstacles(): Promise<string[]> {
  const found: string[] = [];
  if (process.getuid?.() !== 0) found.push('the user is not root');
  if (Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start')) <= 587)
    found.push('no port needs a privilege');
  for (const port of ports) if (!(await isFree(port))) found.push(`port ${port} is taken`);
  return found;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
    await once(server.close(), 'close');
    return true;
  } catch (error) {
    // Who may not even try cannot say that it is taken.
    return (error as NodeJS.ErrnoException).code === 'EACCES';
  }
}

/** A folder for data that belongs to nobody. */
function dataDirOfNobody(): string {
  const folder = mkdtempSync(join(tmpdir(), 'spamtrap-nobody-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755);
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir);
  chownSync(dataDir, uid, uid);
  return dataDir;
}

const inTheWay = await obstacles();
const withPorts = inTheWay.length === 0 ? peer('util-linux') : unless(inTheWay);

withPorts('the real ports', () => {
  test('are taken by a user who has the one capability for it', async () => {
    const by = ['setpriv', ...identity, ...capability, '--'];
    const sensor = await Sensor.start({ dataDir: dataDirOfNobody(), by, flags: ['--base-port', '0'] });
    expect(sensor.told('listening').map(({ port, tls }) => [port, tls])).toEqual([
      [25, 'starttls'],
      [465, 'implicit'],
      [587, 'starttls'],
    ]);
    const status = readFileSync(`/proc/${sensor.pid}/status`, 'utf8');
    const ids = `${uid}\t${uid}\t${uid}\t${uid}`;
    expect(status).toContain(`\nUid:\t${ids}\n`);
    expect(status).toContain(`\nGid:\t${ids}\n`);
    // CAP_NET_BIND_SERVICE is the tenth bit, and there is no other.
    expect(status).toMatch(/\nCapEff:\t0{13}400\n/);
    const client = await SmtpClient.connect(25);
    expect(await client.send({ content: Buffer.from('Subject: on 25\r\n\r\n') })).toMatchObject({ code: 250 });
    await client.quit();
    const { captures } = await evidenceOf(sensor);
    expect(captures).toMatchObject([{ evidence: { local: { address: '127.0.0.1', port: 25 } } }]);
  });

  test('are refused to a user without it, who is told what to do', async () => {
    const by = ['setpriv', ...identity, '--inh-caps=-all', '--bounding-set=-all', '--'];
    const sensor = new Sensor({ dataDir: dataDirOfNobody(), by, flags: ['--base-port', '0'] });
    const { code, stderr } = await sensor.ended;
    expect(code).toBe(1);
    expect(stderr).toContain('The relay intake cannot listen on 127.0.0.1 port 25: ');
    expect(stderr).toContain('grant CAP_NET_BIND_SERVICE');
    expect(sensor.told('failed')).toMatchObject([{ code: 'relay.listen' }]);
    expect(sensor.told('ready')).toEqual([]);
  });
});
