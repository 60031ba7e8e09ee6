import { readFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { Peer, type PeerOptions } from './hostile-peer.ts';
import { newDataDir, Sensor, type SensorOptions } from './sensor.ts';

/** A running sensor for this test alone, gone when it is over. */
export async function startSensor(options: Omit<SensorOptions, 'dataDir'> = {}): Promise<Sensor> {
  const sensor = await Sensor.start({ dataDir: newDataDir(), ...options });
  onTestFinished(async () => {
    sensor.signal('SIGKILL');
    await sensor.ended;
  });
  return sensor;
}

/** A sensor with a relay that has these settings. */
export function startRelay(relay: object): Promise<Sensor> {
  return startSensor({ config: { relay } });
}

export function peerOf(sensor: Sensor, options: Partial<PeerOptions> = {}): Peer {
  const peer = new Peer({ port: sensor.port, ...options });
  onTestFinished(() => peer.destroy());
  return peer;
}

/** Bytes of memory that the process has of its own, as the kernel counts them. */
export function memoryOf({ pid }: Sensor): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!;
  return Number(kib) * 1024;
}

/** Looks at the memory all the time that something takes; the answer is by how much it grew at most. */
export async function growthDuring(sensor: Sensor, something: () => Promise<unknown>): Promise<number> {
  const before = memoryOf(sensor);
  let most = before;
  const look = setInterval(() => (most = Math.max(most, memoryOf(sensor))), 20);
  try {
    await something();
    return Math.max(most, memoryOf(sensor)) - before;
  } finally {
    clearInterval(look);
  }
}

/** Writes the same bytes again and again, as fast as the other side takes them, until it is over. */
export async function pour({ socket }: Peer, bytes: Buffer, total: number): Promise<number> {
  let written = 0;
  while (written < total && !socket.destroyed && socket.writable) {
    written += bytes.length;
    if (socket.write(bytes)) continue;
    const { promise, resolve } = Promise.withResolvers<void>();
    socket.once('drain', resolve).once('close', resolve);
    await promise;
    socket.off('drain', resolve).off('close', resolve);
  }
  return written;
}
