import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { spamtrap } from '../mail/spamtrap.ts';
import { newDataDir, Sensor } from '../support/sensor.ts';
import { temporaryDirectory } from '../support/temporary.ts';

interface Result {
  readonly of: string;
  readonly step: string;
  readonly state: string;
  readonly detail: string;
  readonly fix?: string;
}

const anyPorts = { relay: { port: 0, hostname: 'trap' }, lmtp: { port: 0 }, broker: { port: 0 } };

async function doctor(config: object, dataDir = newDataDir()) {
  const file = join(temporaryDirectory(), 'trap.yml');
  writeFileSync(file, JSON.stringify(config));
  const words = ['doctor', '--json', '--config', file, '--data-dir', dataDir];
  const { stdout, code } = await spamtrap.fed(words, '');
  const results = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Result);
  const found = (of: string, step: string | RegExp) =>
    results.find((each) => each.of === of && (typeof step === 'string' ? each.step === step : step.test(each.step)));
  return { code, results, found };
}

it('finds nothing wrong where nothing is', async () => {
  const { code, results, found } = await doctor(anyPorts);
  expect(results.filter(({ state }) => state === 'failed')).toEqual([]);
  expect(code).toBe(0);
  expect(found('policy', 'what may be sent')).toMatchObject({ state: 'ok', detail: expect.stringMatching(/^nothing/) });
  expect(found('policy', 'rules')?.detail).toMatch(/^\d+ of the built-in ones/);
  expect(found('data directory', 'who uses it')?.detail).toBe('nobody now');
});

it('says which port is taken, and by a running sensor of ours it is not', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { code, found } = await doctor({ ...anyPorts, lmtp: { port } });
  expect(code).toBe(1);
  expect(found('ports', /^lmtp/)).toMatchObject({ state: 'failed', fix: expect.stringContaining('ss -ltnp') });
  server.close();

  const sensor = await Sensor.start({ command: 'serve-lmtp', dataDir: newDataDir(), config: { lmtp: { port: 0 } } });
  const taken = await doctor({ ...anyPorts, lmtp: { port: sensor.port } }, sensor.dataDir);
  expect(taken.found('ports', /^lmtp/)).toMatchObject({ state: 'ok', detail: 'the sensor that runs has it' });
  expect(taken.found('data directory', 'who uses it')?.detail).toContain(`process ${sensor.pid}`);
  await sensor.stop();
});

it('says what is wrong with a configuration, and stops there', async () => {
  const { code, results } = await doctor({ relay: { prot: 25 } });
  expect(code).toBe(1);
  expect(results[0]).toMatchObject({ of: 'configuration', state: 'failed', detail: expect.stringContaining('prot') });
});

it('warns of what strangers could read, and of a stopped desk', async () => {
  const dataDir = newDataDir();
  mkdirSync(dataDir);
  chmodSync(dataDir, 0o755);
  writeFileSync(join(dataDir, 'relay.stopped'), 'lunch\n');
  const { code, found } = await doctor(anyPorts, dataDir);
  expect(found('data directory', 'is private')).toMatchObject({
    state: 'warning',
    fix: expect.stringContaining('chmod'),
  });
  expect(found('policy', 'what may be sent')?.detail).toContain('nothing is sent now');
  expect(code).toBe(0);
});

it('says that a certificate is missing', async () => {
  const { code, found } = await doctor({ ...anyPorts, relay: { ...anyPorts.relay, tls: { cert: '/nowhere.pem' } } });
  expect(code).toBe(1);
  expect(found('certificates', 'relay')).toMatchObject({
    state: 'failed',
    detail: expect.stringContaining('/nowhere.pem'),
  });
});
