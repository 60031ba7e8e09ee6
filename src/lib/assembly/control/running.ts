import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { defaultDataDir } from '../../config/data-dir.ts';
import { ControlClient } from '../../control/control-client.ts';
import { controlPath } from '../../control/socket-place.ts';
import { Fault } from '../../errors.ts';

/** What runs on the configured data directory, or on the only one of the default ones on which something runs. */
export async function running(configured: string | undefined): Promise<ControlClient> {
  if (configured !== undefined) {
    const client = await ControlClient.connect(configured);
    if (client) return client;
    throw new Fault(`Nothing runs on ${configured}.`, {
      code: 'control.nothing-runs',
      fix: 'Start it, or name the data directory of one that runs with --data-dir.',
    });
  }
  const base = dirname(defaultDataDir('serve'));
  const clients = await Promise.all(socketsIn(base).map((dataDir) => ControlClient.connect(dataDir)));
  const found = clients.filter((client) => client !== undefined);
  const [only] = found;
  if (only && found.length === 1) return only;
  for (const client of found) client.close();
  const names = found.map(({ greeting }) => greeting.dataDir);
  throw new Fault(only ? `Several run: ${names.join(', ')}.` : `Nothing runs on a data directory below ${base}.`, {
    code: only ? 'control.several-run' : 'control.nothing-runs',
    fix: only ? 'Choose one with --data-dir.' : 'Start "spamtrap serve", or name its data directory with --data-dir.',
  });
}

function socketsIn(base: string): readonly string[] {
  if (!existsSync(base)) return [];
  return readdirSync(base)
    .map((name) => join(base, name))
    .filter((dataDir) => existsSync(controlPath(dataDir)));
}
