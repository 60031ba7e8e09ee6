import { expect, test } from 'vitest';
import { deliverByExim, eximPeer } from '../support/real-exim.ts';
import { newDataDir, Sensor } from '../support/sensor.ts';
import { evidenceOf, rawMessage, verbsOf } from './evidence.ts';
import { withoutReceived } from './letters.ts';

const from = 'sender@example.org';
const to = ['one@example.net', 'two@example.net'];
const lines = ['Subject: in chunks', 'From: sender@example.org', '', '.a dot', '..', 'Grüße', 'x'.repeat(900), ''];

eximPeer()('Exim, which sends in chunks', () => {
  test.each([
    ['plain', false],
    ['by STARTTLS', true],
  ])('%s: is understood, and what it sends is kept to the byte', async (_, tls) => {
    const sensor = await Sensor.start({ dataDir: newDataDir() });
    // Several chunks: Exim sends what its buffer holds.
    const body = [...lines, ...Array.from({ length: 3_000 }, (__, index) => `.line ${index} of many`), ''];
    const log = await deliverByExim({ port: sensor.port, from, to, message: body.join('\n'), tls });
    const deliveries = log.split('\n').filter((line) => /(?:=>|->)/.test(line));
    expect(deliveries).toHaveLength(2);
    for (const line of deliveries) expect(line).toMatch(/ K .*C="250[- ].*queued as /);
    const { captures } = await evidenceOf(sensor);
    expect(captures).toHaveLength(1);
    const [capture] = captures;
    expect(capture).toMatchObject({ envelope: { from, to }, evidence: { protocol: tls ? 'ESMTPS' : 'ESMTP' } });
    const verbs = verbsOf(capture!.evidence!);
    expect(verbs).toContain('BDAT');
    expect(verbs).not.toContain('DATA');
    expect(capture!.evidence!.commandsSeen!.at(-1)![1]).toMatch(/^BDAT \d+ LAST$/);
    const kept = withoutReceived(await rawMessage(sensor, capture!.id)).toString('utf8');
    // It adds what a header lacks, and nothing below.
    const [header = '', ...rest] = kept.split('\r\n\r\n');
    expect(header).toMatch(/^Subject: in chunks\r\nFrom: /);
    expect(rest.join('\r\n\r\n')).toBe(body.slice(3).join('\r\n'));
  });
});
