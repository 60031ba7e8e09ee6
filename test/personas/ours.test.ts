import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { user } from '../support/real-dovecot-auth.ts';
import { serverFolder } from '../support/real-server.ts';
import { Sensor } from '../support/sensor.ts';
import { proveLikeness } from './deviations.ts';
import { record, type Recorded } from './recorder.ts';
import { forEachSurroundings, scripts, type Surroundings } from './script.ts';

// The command that users start plays a server, and has to say what the real one was recorded to say.

const host = 'mail.example.test';

const personas = [
  { name: 'postfix', largestMessage: 10_240_000 },
  { name: 'exim', largestMessage: 52_428_800 },
];

describe.each(personas)('as $name', (persona) => {
  const server = forEachSurroundings((surroundings) => start(persona, surroundings));
  it.concurrent.each(scripts().map((script) => [script.name, script] as const))(
    '%s',
    async (name, script) => {
      const transcript = await record(script, await server(script.surroundings));
      proveLikeness(persona.name, name, transcript);
    },
    300_000,
  );
});

async function start(
  { name, largestMessage }: (typeof personas)[number],
  { tls, auth, accept, size, recipients }: Surroundings,
): Promise<Recorded> {
  const folder = serverFolder();
  const users = join(folder, 'users');
  writeFileSync(users, `${user.name}:${user.password}\n`);
  const sensor = await Sensor.start({
    dataDir: join(folder, 'data'),
    config: {
      relay: {
        persona: name,
        hostname: host,
        submissionPort: 'off',
        tls: { offer: tls ? 'yes' : 'no' },
        auth: { offer: auth, accept, ...(accept === 'listed' && { users }) },
        limits: { messageSize: size ?? largestMessage, ...(recipients !== undefined && { recipients }) },
      },
    },
  });
  const tlsPort = sensor.told('listening').find((event) => event.tls === 'implicit')?.port ?? 0;
  return { port: sensor.port, tlsPort, host };
}
