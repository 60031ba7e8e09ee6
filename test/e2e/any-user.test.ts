import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newDataDir, Sensor } from '../support/sensor.ts';

// Containers run programs under numbers that no passwd knows.
const unknown = 54_321;

describe.skipIf(process.getuid?.() !== 0)('for root', () => {
  // Where there is no SHELL, oclif asks os.userInfo() for the user's shell, and fails.
  test('a sensor runs for a user without a name', async () => {
    const dataDir = newDataDir();
    mkdirSync(dataDir);
    chmodSync(dirname(dataDir), 0o755);
    chownSync(dataDir, unknown, unknown);
    const sensor = await Sensor.start({ dataDir, uid: unknown });
    expect(await sensor.stop()).toMatchObject({ code: 0, stderr: '' });
  });
});
