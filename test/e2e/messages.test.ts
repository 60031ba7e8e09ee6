import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Capture } from '../../src/lib/capture/capture.ts';
import { sha256 } from '../support/captures.ts';
import { bytesOf, capturesOnDisk } from '../support/journals.ts';
import { newDataDir, Sensor } from '../support/sensor.ts';
import { SmtpClient } from '../support/smtp-client.ts';
import { mailIn, recordsIn, type StoredMail, type StoredRecord } from '../support/stored.ts';
import { hostile } from './hostile.ts';

const folder = mkdtempSync(join(tmpdir(), 'spamtrap-messages-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a message is kept to the byte, everywhere, with', () => {
  const names = Object.keys(hostile);
  let captures: readonly Capture[] = [];
  let mails: readonly StoredMail[] = [];
  let records: readonly StoredRecord[] = [];

  beforeAll(async () => {
    const dataDir = join(folder, 'data');
    const sensor = await Sensor.start({ dataDir, config: { relay: { limits: { messageSize: '16 MiB' } } } });
    // One connection for all: what one message leaves behind in the session would show in the next.
    const client = await SmtpClient.connect(sensor.port);
    for (const name of names) {
      expect(await client.begin(), name).toMatchObject({ code: 354 });
      client.write(hostile[name]!.wire);
      expect(await client.reply(), name).toMatchObject({ code: 250 });
    }
    await client.quit();
    await sensor.stop();
    captures = capturesOnDisk(dataDir);
    mails = mailIn(sensor.maildir);
    records = recordsIn(sensor.records);
  });

  it.each(names)('%s', (name) => {
    const hash = sha256(hostile[name]!.content);
    const capture = captures[names.indexOf(name)]!;
    const { id } = capture.facts;
    expect({ said: capture.facts.sha256, kept: sha256(bytesOf(capture)) }).toEqual({ said: hash, kept: hash });
    const mail = mails.find((each) => each.id === id)!;
    expect({ isWhole: mail.isWhole, kept: sha256(mail.content) }).toEqual({ isWhole: true, kept: hash });
    const record = records.find((each) => each.id === id)!;
    expect({ said: record.sha256, kept: sha256(record.bytes) }).toEqual({ said: hash, kept: hash });
  });

  it('and no other is there', () => {
    expect([captures.length, mails.length, records.length]).toEqual([names.length, names.length, names.length]);
  });
});

describe('a line of 10 MiB, with the limit that is the default', () => {
  const { wire } = hostile['a line of 10 MiB']!;

  it('is refused when it has come, and the session goes on', async () => {
    const sensor = await Sensor.start({ dataDir: newDataDir() });
    const client = await SmtpClient.connect(sensor.port);
    expect(await client.begin()).toMatchObject({ code: 354 });
    client.write(wire);
    expect(await client.reply()).toMatchObject({ code: 552 });
    const small = Buffer.from('Subject: small\r\n\r\n');
    expect(await client.send({ content: small })).toMatchObject({ code: 250 });
    await sensor.stop();
    expect(capturesOnDisk(sensor.dataDir).map(bytesOf)).toEqual([small]);
  });

  it('is refused before it comes, when its size is declared', async () => {
    const sensor = await Sensor.start({ dataDir: newDataDir() });
    const client = await SmtpClient.connect(sensor.port);
    const reply = await client.command(`MAIL FROM:<a@example.org> SIZE=${wire.length}`);
    expect(reply).toMatchObject({ code: 552 });
    expect(await sensor.stop()).toMatchObject({ code: 0 });
  });
});
