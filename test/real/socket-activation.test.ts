import { join } from 'node:path';
import { expect, test } from 'vitest';
import { peer } from '../support/peers.ts';
import { freePorts, serverFolder } from '../support/real-server.ts';
import { newDataDir, Sensor } from '../support/sensor.ts';
import { evidenceOf, rawMessage } from './evidence.ts';
import { run } from './programs.ts';

const content = 'Subject: by systemd\r\n\r\ntext\r\n';

function swaks(...words: readonly (string | number)[]) {
  const letter = ['--from', 'a@example.org', '--to', 'b@example.net', '--helo', 'swaks.example.test', '--data', '@-'];
  return run('swaks', [...letter, ...words], { input: content.trimEnd().replaceAll('\r\n', '\n') });
}

/** Words of the real thing: it listens, and becomes the program when the first peer comes. */
function activation(sockets: readonly (string | number)[], names: string): string[] {
  const listeners = sockets.flatMap((socket) => ['-l', typeof socket === 'number' ? `127.0.0.1:${socket}` : socket]);
  return ['systemd-socket-activate', ...listeners, `--fdname=${names}`];
}

/** Hands in a message as soon as somebody listens, whoever that is. */
async function once(...words: readonly (string | number)[]): Promise<void> {
  for (let tries = 1; ; tries++) {
    const { code, said } = await swaks(...words);
    if (code === 0) return;
    // 2: nobody listens yet, and nobody says when.
    if (code !== 2 || tries === 100) throw new Error(said);
  }
}

peer(
  'systemd',
  'swaks',
  'libnet-ssleay-perl',
)('sockets that systemd passes', () => {
  test('are smtp, smtps and submission by their names, whatever their order', async () => {
    const [smtps, submission, smtp] = (await freePorts(3)) as [number, number, number];
    const by = activation([smtps, submission, smtp], 'smtps:submission:smtp');
    const sensor = new Sensor({ dataDir: newDataDir(), by });
    const at = (port: number) => ['--server', '127.0.0.1', '--port', port] as const;
    await once(...at(smtp));
    await sensor.event('ready');
    expect(sensor.told('listening').map(({ port, tls }) => [port, tls])).toEqual([
      [smtps, 'implicit'],
      [submission, 'starttls'],
      [smtp, 'starttls'],
    ]);
    await once(...at(submission), '--tls');
    await once(...at(smtps), '--tls-on-connect');
    const { captures } = await evidenceOf(sensor);
    expect(captures.map(({ evidence }) => [evidence!.local.port, evidence!.protocol])).toEqual([
      [smtp, 'ESMTP'],
      [submission, 'ESMTPS'],
      [smtps, 'ESMTPS'],
    ]);
    for (const { id } of captures) expect((await rawMessage(sensor, id)).toString('utf8')).toBe(content);
  });

  test('may be a Unix socket for the catch-all', async () => {
    const path = join(serverFolder(), 'lmtp');
    const sensor = new Sensor({ command: 'serve-lmtp', dataDir: newDataDir(), by: activation([path], 'lmtp') });
    await once('--socket', path, '--protocol', 'LMTP');
    await sensor.event('ready');
    expect(sensor.told('listening')).toMatchObject([{ intake: 'lmtp', port: 0, tls: 'none' }]);
    const { captures } = await evidenceOf(sensor);
    expect(captures).toMatchObject([{ intake: 'lmtp', evidence: { peer: { address: 'local' }, protocol: 'LMTP' } }]);
    expect((await rawMessage(sensor, captures[0]!.id)).toString('utf8')).toBe(content);
  });
});
