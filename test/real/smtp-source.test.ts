import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { peer } from '../support/peers.ts';
import { newDataDir, Sensor } from '../support/sensor.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { evidenceOf, rawMessage, verbsOf } from './evidence.ts';
import { run } from './programs.ts';

const messages = 60;
// It ends the last line by itself, and adds an empty one.
const lines = ['Subject: source', '', '.a dot', '..', 'x'.repeat(900), '', ''];

peer('postfix')('smtp-source', () => {
  test.each([
    { to: 'serve-relay', words: [], sessions: messages, name: 'a connection for each message' },
    { to: 'serve-relay', words: ['-d'], sessions: 10, name: 'a connection for many messages' },
    { to: 'serve-lmtp', words: ['-L'], sessions: messages, name: 'LMTP, a connection for each message' },
    { to: 'serve-lmtp', words: ['-L', '-d'], sessions: 10, name: 'LMTP, a connection for many messages' },
  ] as const)('delivers all it has to several recipients: $name', async ({ to, words, sessions: count }) => {
    const sensor = await Sensor.start({ command: to, dataDir: newDataDir() });
    const file = join(temporaryDirectory(), 'content');
    writeFileSync(file, lines.slice(0, -2).join('\n'));
    const load = ['-s', 10, '-m', messages, '-r', 5, '-N', '-M', 'source.example.test', '-F', file];
    const ends = ['-f', 'sender@example.org', '-t', '@example.net', `127.0.0.1:${sensor.port}`];
    expect(await run('smtp-source', [...words, ...load, ...ends])).toEqual({ code: 0, said: '' });
    const { captures, sessions } = await evidenceOf(sensor);
    expect(captures).toHaveLength(messages);
    const recipients = captures.flatMap(({ envelope }) => envelope.to);
    const all = Array.from({ length: messages * 5 }, (_, index) => `${index + 1}@example.net`);
    expect(recipients.toSorted()).toEqual(all.toSorted());
    expect(new Set(captures.map(({ sha256 }) => sha256)).size).toBe(1);
    expect((await rawMessage(sensor, captures[0]!.id)).toString('utf8')).toBe(lines.join('\r\n'));
    for (const { evidence } of captures) expect(evidence).toMatchObject({ helo: 'source.example.test' });
    expect(sessions).toHaveLength(count);
    expect(sessions.reduce((sum, each) => sum + each.messages, 0)).toBe(messages);
    expect(verbsOf(captures[0]!.evidence!).at(0)).toBe(to === 'serve-lmtp' ? 'LHLO' : 'HELO');
  });
});
