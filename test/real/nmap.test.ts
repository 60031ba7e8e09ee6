import { expect, test } from 'vitest';
import { peer } from '../support/peers.ts';
import { newDataDir, Sensor } from '../support/sensor.ts';
import { SmtpClient } from '../support/smtp-client.ts';
import { evidenceOf, portsOf, verbsOf } from './evidence.ts';
import { run } from './programs.ts';

const hostname = 'mail.example.test';

// A plus sign lets a script run whatever nmap takes the port for.
const nmap = async (ports: readonly number[], ...words: readonly string[]) => {
  const { code, said } = await run('nmap', ['-Pn', '-n', '-p', ports.join(','), ...words, '127.0.0.1']);
  expect(code, said).toBe(0);
  expect(said).not.toContain('ERROR');
  return said;
};

/** That a message still finds its way in after all that went before. */
async function expectItTakesMail(sensor: Sensor): Promise<void> {
  const client = await SmtpClient.connect(sensor.port);
  expect(await client.send({ content: Buffer.from('Subject: afterwards\r\n\r\n') })).toMatchObject({ code: 250 });
  await client.quit();
  await sensor.event('capture.accepted');
}

peer('nmap')('nmap', () => {
  test('finds an open relay in 16 of its 16 tests, and is known for what it is', async () => {
    const sensor = await Sensor.start({ dataDir: newDataDir(), flags: ['--hostname', hostname] });
    const words = ['--script', '+smtp-open-relay', '--script-args', 'smtp-open-relay.domain=probe.example.net'];
    expect(await nmap([sensor.port], ...words)).toContain('Server is an open relay (16/16 tests)');
    const closed = await sensor.event('session.closed', ({ commands }) => commands > 0);
    expect(closed).toMatchObject({ scan: 'relayTest', messages: 0, errors: 0, helo: 'probe.example.net' });
    const { captures, sessions } = await evidenceOf(sensor);
    expect(captures).toEqual([]);
    const session = sessions.find((each) => each.session === closed.session)!;
    expect(session).toMatchObject({ scan: 'relayTest', peer: { address: '127.0.0.1' }, helo: 'probe.example.net' });
    expect(session.commands).toBeGreaterThanOrEqual(48);
    expect(verbsOf(session).filter((verb) => verb.startsWith('RCPT'))).toHaveLength(16);
    expect(session.commandsSeen).toContainEqual([
      expect.any(Number),
      'RCPT TO:<@[127.0.0.1]:relaytest@probe.example.net>',
    ]);
  });

  test('takes it for Exim where that is the persona', async () => {
    const sensor = await Sensor.start({ dataDir: newDataDir(), flags: ['--persona', 'exim'] });
    expect(await nmap([sensor.port], '-sV')).toMatch(/open +smtp +Exim smtpd 4\.96\n/);
  });

  test('takes the relay for Postfix on each of its ports', async () => {
    const sensor = await Sensor.start({ dataDir: newDataDir(), flags: ['--hostname', hostname] });
    const { smtp, smtps, submission } = portsOf(sensor);
    const said = await nmap([smtp, smtps, submission], '-sV');
    const versions = [...said.matchAll(/^(\d+)\/tcp open +(\S+) +(.+)$/gm)].map(([, port, ...rest]) => [port, ...rest]);
    expect(Object.fromEntries(versions.map(([port, service, version]) => [port, `${service}: ${version}`]))).toEqual({
      [smtp]: 'smtp: Postfix smtpd',
      [smtps]: 'ssl/smtp: Postfix smtpd',
      [submission]: 'smtp: Postfix smtpd',
    });
    expect(said).toContain(`Host:  ${hostname}`);
    await expectItTakesMail(sensor);
    const { sessions } = await evidenceOf(sensor);
    // All but ours.
    expect(sessions.filter(({ messages }) => messages === 0).map(({ scan }) => scan)).not.toContain(undefined);
    expect(sessions.some(({ tls }) => tls !== undefined)).toBe(true);
  });

  test('runs its other scripts to their end, and what they did is evidence', async () => {
    const sensor = await Sensor.start({ dataDir: newDataDir(), flags: ['--hostname', hostname] });
    const scripts = ['smtp-commands', 'smtp-enum-users', 'smtp-ntlm-info', 'smtp-vuln-*'];
    const words = ['--script', scripts.map((script) => `+${script}`).join(',')];
    const said = await nmap([sensor.port], ...words);
    expect(said).toContain(`smtp-commands: ${hostname}, PIPELINING, SIZE 10240000, VRFY, ETRN, STARTTLS, AUTH`);
    expect(said).toMatch(/smtp-enum-users:\s*\n\|\s+root/);
    expect(said).toContain('The SMTP server is not Exim: NOT VULNERABLE');
    await expectItTakesMail(sensor);
    const { sessions } = await evidenceOf(sensor);
    const scans = sessions.filter(({ messages }) => messages === 0);
    expect(scans.length).toBeGreaterThan(4);
    const signs = new Set(scans.map(({ scan }) => scan));
    expect(signs).not.toContain(undefined);
    // Names are asked for by RCPT as the fastest way; smtp-commands only looks around.
    expect([...signs]).toEqual(expect.arrayContaining(['relayTest', 'features']));
    expect(sensor.told('session.closed').filter(({ messages, scan }) => messages === 0 && !scan)).toEqual([]);
  });
});
