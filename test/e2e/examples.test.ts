import { createServer } from 'node:net';
import { readFileSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { networkInterfaces } from 'node:os';
import { fileURLToPath } from 'node:url';
import { unless } from '../real/left-out.ts';
import { newDataDir, Sensor } from '../support/sensor.ts';

const example = fileURLToPath(new URL('../../examples/trap.yml', import.meta.url));
const hasIpv6 = Object.values(networkInterfaces()).some((entries) => entries?.some(({ family }) => family === 'IPv6'));

/** A base for the three ports of which none is taken; below those that the kernel gives to whoever asks for any. */
async function freeBase(): Promise<number> {
  for (;;) {
    const base = 20_000 + Math.floor(Math.random() * 11_000);
    const areFree = await Promise.all([25, 465, 587].map((offset) => isFree(base + offset)));
    if (!areFree.includes(false)) return base;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const isListening = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false)).listen(port, '::', () => resolve(true));
  });
  if (isListening) await new Promise((resolve) => server.close(resolve));
  return isListening;
}

const withIpv6 = unless(hasIpv6 ? [] : ['this machine has no IPv6']);

withIpv6('a relay on all addresses', () => {
  it('listens on IPv4 and IPv6 with the same ports, as the example says', async () => {
    const bind = /^ {2}bind: \[(.*)\]$/m.exec(readFileSync(example, 'utf8'))![1]!.replaceAll(/['\s]/g, '');
    expect(bind).toBe('0.0.0.0,::');
    const base = await freeBase();
    const loopback = bind.replace('0.0.0.0', '127.0.0.1').replace('::', '::1');
    for (const addresses of [loopback, bind]) {
      const sensor = await Sensor.start({
        dataDir: newDataDir(),
        flags: ['--base-port', String(base), '--bind', addresses],
      });
      onTestFinished(() => sensor.signal('SIGKILL'));
      const ports = sensor.told('listening').map(({ address, port }) => `${address} ${port - base}`);
      const [ipv4, ipv6] = addresses.split(',');
      expect(ports.sort()).toEqual([25, 465, 587].flatMap((port) => [`${ipv4} ${port}`, `${ipv6} ${port}`]).sort());
      await sensor.stop();
    }
  });
});
