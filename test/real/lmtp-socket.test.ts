import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { serverFolder } from '../support/real-server.ts';
import { newDataDir, Sensor } from '../support/sensor.ts';

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe('the Unix socket of the catch-all', () => {
  test.each([
    [undefined, '666'],
    ['660', '660'],
    ['600', '600'],
  ])('with the mode %j lets in whom it may', async (socketMode, mode) => {
    const path = join(serverFolder(), 'lmtp');
    const config = { lmtp: { socket: path, ...(socketMode !== undefined && { socketMode }) } };
    const sensor = await Sensor.start({ command: 'serve-lmtp', dataDir: newDataDir(), config });
    expect(sensor.told('listening')).toMatchObject([{ intake: 'lmtp', address: path, port: 0, tls: 'none' }]);
    expect(modeOf(path)).toBe(mode);
    expect(await sensor.stop()).toMatchObject({ code: 0, stderr: '' });
  });

  test('may have been left behind by one that was killed', async () => {
    const flags = ['--socket', join(serverFolder(), 'lmtp')];
    const dataDir = newDataDir();
    const killed = await Sensor.start({ command: 'serve-lmtp', dataDir, flags });
    await killed.stop('SIGKILL');
    const next = await Sensor.start({ command: 'serve-lmtp', dataDir, flags });
    expect(await next.stop()).toMatchObject({ code: 0, stderr: '' });
  });

  test('is not taken away from one that lives', async () => {
    const flags = ['--socket', join(serverFolder(), 'lmtp')];
    const first = await Sensor.start({ command: 'serve-lmtp', dataDir: newDataDir(), flags });
    const second = new Sensor({ command: 'serve-lmtp', dataDir: newDataDir(), flags });
    expect(await second.ended).toMatchObject({ code: 1, stderr: expect.stringContaining('EADDRINUSE') as unknown });
    expect(second.told('failed')).toMatchObject([{ code: 'lmtp.listen' }]);
    expect(await first.stop()).toMatchObject({ code: 0, stderr: '' });
  });
});
