import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadPersona, recordFrom } from '../../src/lib/assembly/personas.ts';
import { exim } from '../../src/lib/smtp/personas/exim.ts';
import { postfix } from '../../src/lib/smtp/personas/postfix.ts';
import { peer } from '../support/peers.ts';
import { startPostfix } from '../support/real-postfix.ts';
import { newDataDir, Sensor } from '../support/sensor.ts';
import { SmtpClient } from '../support/smtp-client.ts';
import { temporaryDirectory } from '../support/temporary.ts';

function file(text: string): string {
  const path = join(temporaryDirectory(), 'mine.yml');
  writeFileSync(path, text);
  return path;
}

describe('the file of a persona', () => {
  it('changes only what it says', () => {
    const text = [
      'extends: exim',
      'software: Mine 1.0',
      'features: [PIPELINING, HELP]',
      'messageSize: 1 MiB',
      'replies:',
      '  greeting: 220 {host} Mine',
      '  vrfy: none',
      '  help: |-',
      '    214-one',
      '    214 two',
      'manners: {refusals: 3, slowAfter: 1, slowBy: 2s}',
    ].join('\n');
    const { vrfy: _, ...replies } = exim.replies;
    expect(loadPersona(file(text))).toEqual({
      ...exim,
      software: 'Mine 1.0',
      features: ['PIPELINING', 'HELP'],
      messageSize: 2 ** 20,
      replies: { ...replies, greeting: '220 {host} Mine', help: '214-one\n214 two' },
      manners: { ...exim.manners, refusals: 3, slow: { after: 1, ms: 2000 } },
    });
  });

  it.each([
    ['replies: {greeting: none}', /mine\.yml:1:21: replies\.greeting: "none" is not valid; write a reply such as/],
    ['replies: {greeting: "220 a\\n220 b"}', /replies\.greeting: .* is not valid/],
    ['replies: {ehlo: "250-a\\n250 b"}', /replies\.ehlo: .* is not valid; write one line with the code 250/],
    ['replies: {greeting: "hello"}', /replies\.greeting: "hello" is not valid/],
    ['replies: {greting: "220 x"}', /replies\.greting: .*did you mean greeting/],
    ['extends: sendmail', /extends: "sendmail" is not valid; write postfix or exim/],
    ['queueId: "{hex}"', /queueId: .* is not valid; write a shape such as/],
    ['mechanisms: [GSSAPI]', /mechanisms: "GSSAPI" is not valid/],
  ])('is refused where it is wrong: %s', (text, message) => {
    expect(() => loadPersona(file(text))).toThrow(message);
  });
});

describe('a persona that is recorded', () => {
  it('is the one that the server plays', async () => {
    const sensor = await Sensor.start({ dataDir: newDataDir(), config: { relay: { persona: 'exim' } } });
    const drafted = loadPersona(file(await recordFrom(`127.0.0.1:${sensor.port}`)));
    // What Exim has to say to an unknown parameter depends on everything around it.
    const unsupportedOption = expect.stringContaining('{option} may not follow') as string;
    expect(drafted).toEqual({ ...exim, replies: { ...exim.replies, unsupportedOption } });
    expect(sensor.told('capture.accepted')).toEqual([]);
    await sensor.stop();
  });

  it('of another server is played as that server spoke', async () => {
    const theirs = file(
      'software: Mine\nreplies: {greeting: "220 {host} Mine at your service", noop: "250 Nothing done"}',
    );
    const original = await Sensor.start({
      dataDir: newDataDir(),
      config: { relay: { persona: theirs, hostname: 'a.example' } },
    });
    const draft = file(await recordFrom(`127.0.0.1:${original.port}`));
    await original.stop();
    const copy = await Sensor.start({
      dataDir: newDataDir(),
      config: { relay: { persona: draft, hostname: 'b.example' } },
    });
    const client = await SmtpClient.connect(copy.port);
    expect((await client.command('NOOP')).text).toBe('250 Nothing done');
    client.destroy();
    await copy.stop();
  });

  it('needs a server that is there', async () => {
    await expect(recordFrom('127.0.0.1')).rejects.toMatchObject({ code: 'persona.server' });
    await expect(recordFrom('[::1]:99999')).rejects.toMatchObject({ code: 'persona.server' });
    await expect(recordFrom('127.0.0.1:1')).rejects.toMatchObject({ code: 'persona.no-conversation' });
  });
});

peer('postfix')('a persona that is recorded from the real Postfix', () => {
  it('is ours', async () => {
    const server = await startPostfix({ hostname: 'mail.example.test', tls: true });
    const drafted = loadPersona(file(await recordFrom(`127.0.0.1:${server.port}`)));
    const { replies, features, manners, messageSize } = drafted;
    expect({ replies, manners, messageSize }).toEqual({
      replies: postfix.replies,
      manners: postfix.manners,
      messageSize: postfix.messageSize,
    });
    expect(features).toEqual(postfix.features.filter((line) => !line.startsWith('AUTH')));
  });
});
