import { copyFileSync, existsSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CaptureFacts } from '../../src/lib/capture/capture.ts';
import { markAnswered } from '../../src/lib/maildir/answered.ts';
import { Maildir } from '../../src/lib/maildir/maildir.ts';
import { announceProbe, completeProbe, type SentProbe } from '../../src/lib/maildir/sent-probe.ts';
import { MaildirOutput } from '../../src/lib/outputs/maildir.ts';
import { captureOf } from '../support/captures.ts';
import { canStartDovecot, giveToMailUser, mailUsersDirectory, password, startDovecot } from '../support/dovecot.ts';
import { ImapClient } from '../support/imap-client.ts';
import { peer } from '../support/peers.ts';
import { mailIn } from '../support/stored.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const attempt = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
const content = Buffer.from('Subject: probe\r\nX-Relay-Sendmail-Sent: {}\r\n\r\n8 bit: \xff, and no end', 'latin1');
const report = { refused: new Map(), quit: { code: 221, text: '2.0.0 bye' } };
const at = new Date(2026, 10, 20, 9, 8, 7, 65).getTime();

function probeOf(details: Partial<SentProbe> = {}): SentProbe {
  return {
    attempt,
    facts: captureOf(content).facts,
    bytes: content,
    recipients: ['tester@example.org'],
    at,
    software: 'Postfix',
    ...details,
  };
}

const sent = ({ root }: Maildir) => join(root, '.sentProbes');
const namesIn = (maildir: Maildir, part = 'new') => readdirSync(join(sent(maildir), part));
const headersOf = (maildir: Maildir, name: string, part = 'new') => {
  const text = readFileSync(join(sent(maildir), part, name), 'latin1');
  return text.slice(0, -content.length).split('\r\n').slice(0, -1);
};

describe('the copy of a probe that is sent', () => {
  it('is there before, says to whom it goes, and nothing of what became of it', async () => {
    const maildir = new Maildir(temporaryDirectory());
    const probe = probeOf({ recipients: ['tester@example.org', 'second@example.org'] });
    await announceProbe(maildir, probe);
    const [name, ...others] = namesIn(maildir);
    expect(others).toEqual([]);
    const headers = headersOf(maildir, name!);
    expect(headers.slice(0, 3)).toEqual([
      'X-Relay-Sendmail-Date: 2026-11-20T09:08:07.065000',
      'X-Relay-Sendmail-Recipients: tester@example.org, second@example.org',
      'Return-Path: <a@example.org>',
    ]);
    expect(headers.filter((line) => line.startsWith('X-Relay-'))).toHaveLength(2);
    expect(headers.some((line) => line.startsWith('Received: '))).toBe(true);
    expect(mailIn(sent(maildir))).toMatchObject([{ id: probe.facts.id, isWhole: true, content }]);
    expect(name).toMatch(new RegExp(`,S=${readFileSync(join(sent(maildir), 'new', name!)).length}$`));
  });

  it('is replaced by one under another name that tells the outcome', async () => {
    const maildir = new Maildir(temporaryDirectory());
    const probe = probeOf();
    await announceProbe(maildir, probe);
    const [before] = namesIn(maildir);
    await completeProbe(maildir, probe, report);
    const [name, ...others] = namesIn(maildir);
    expect(others).toEqual([]);
    expect(name).not.toBe(before);
    expect(headersOf(maildir, name!).slice(0, 4)).toEqual([
      'X-Relay-Sendmail-Date: 2026-11-20T09:08:07.065000',
      'X-Relay-Sendmail-Recipients: tester@example.org',
      'X-Relay-Sendmail-Sent: {}',
      "X-Relay-Sendmail-Quit: (221, b'2.0.0 bye')",
    ]);
    expect(mailIn(sent(maildir))).toMatchObject([{ id: probe.facts.id, isWhole: true, content }]);
  });

  it('is replaced although a client has read or moved the first', async () => {
    const maildir = new Maildir(temporaryDirectory());
    maildir.directoryOf('Archive');
    for (const place of ['.sentProbes/cur', '.Archive/cur']) {
      const probe = probeOf();
      await announceProbe(maildir, probe);
      const [name] = namesIn(maildir);
      renameSync(join(sent(maildir), 'new', name!), join(maildir.root, place, `${name}:2,S`));
      await completeProbe(maildir, probe, report);
      expect(readdirSync(join(maildir.root, place))).toEqual([]);
      expect(namesIn(maildir)).toHaveLength(1);
    }
  });

  it('comes once, and the first one goes, when completing it is done again after a crash', async () => {
    const maildir = new Maildir(temporaryDirectory());
    const probe = probeOf();
    await announceProbe(maildir, probe);
    const [first] = namesIn(maildir);
    const kept = join(temporaryDirectory(), 'kept');
    copyFileSync(join(sent(maildir), 'new', first!), kept);
    await completeProbe(maildir, probe, report);
    const [complete] = namesIn(maildir);
    // As the death between the new and the removal leaves it; and meanwhile somebody has read the new one.
    copyFileSync(kept, join(sent(maildir), 'new', first!));
    renameSync(join(sent(maildir), 'new', complete!), join(sent(maildir), 'cur', `${complete}:2,S`));
    await completeProbe(maildir, probe, { exception: 'interrupted' });
    expect(namesIn(maildir)).toEqual([]);
    expect(namesIn(maildir, 'cur')).toEqual([`${complete}:2,S`]);
  });

  it('is one for each attempt', async () => {
    const maildir = new Maildir(temporaryDirectory());
    const [one, two] = [probeOf(), probeOf({ attempt: '01ARZ3NDEKTSV4RRFFQ69G5FAW' })];
    await announceProbe(maildir, one);
    await announceProbe(maildir, two);
    await completeProbe(maildir, one, report);
    expect(namesIn(maildir)).toHaveLength(2);
    expect(namesIn(maildir).filter((name) => name.includes('announced'))).toHaveLength(1);
  });

  it('does not pass for the copy in the inbox, which still comes and is the one that is answered', async () => {
    const root = temporaryDirectory();
    const maildir = new Maildir(root);
    const capture = captureOf(content);
    await announceProbe(maildir, probeOf({ facts: capture.facts }));
    expect(await markAnswered(maildir, capture.facts.id)).toBe(false);
    const output = new MaildirOutput('maildir', { path: root, software: 'Postfix' });
    await output.open(undefined);
    await output.deliver([capture]);
    expect(mailIn(root)).toHaveLength(1);
    expect(await markAnswered(maildir, capture.facts.id)).toBe(true);
    expect(readdirSync(join(root, 'cur'))[0]).toMatch(/:2,R$/);
    expect(namesIn(maildir)).toHaveLength(1);
  });

  it('has no header that a peer has made', async () => {
    const maildir = new Maildir(temporaryDirectory());
    const evil = 'a\r\nX-Evil: yes\r\n\r\n\x1b]0;title\x07\udcff@b';
    const facts: CaptureFacts = { ...captureOf(content, { from: evil, to: [evil] }).facts };
    const probe = probeOf({ facts, recipients: [evil] });
    await announceProbe(maildir, probe);
    const reply = { code: 550, text: evil };
    await completeProbe(maildir, probe, {
      refused: new Map([[evil, reply]]),
      quit: reply,
      exception: evil,
      server: evil,
      port: 25,
      tls: evil,
      reply,
      queueId: evil,
    });
    const headers = headersOf(maildir, namesIn(maildir)[0]!);
    for (const line of headers) {
      expect(line).toMatch(
        /^(?:X-Relay-Sendmail-|Return-Path: |Delivered-To: |Received: |\t|X-Spamtrap-)[\x20-\x7e]*$/,
      );
    }
    expect(mailIn(sent(maildir))).toMatchObject([{ isWhole: true }]);
  });
});

describe('the local time of an attempt', () => {
  const zone = process.env['TZ'];
  beforeEach(() => void (process.env['TZ'] = 'Asia/Kolkata'));
  afterEach(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });

  it('is that of the machine, without a zone', async () => {
    const maildir = new Maildir(temporaryDirectory());
    await announceProbe(maildir, probeOf({ at: Date.UTC(2026, 0, 1, 20, 0, 0, 5) }));
    expect(headersOf(maildir, namesIn(maildir)[0]!)[0]).toBe('X-Relay-Sendmail-Date: 2026-01-02T01:30:00.005000');
  });
});

describe.skipIf(!canStartDovecot)('for root, who alone can start it,', () => {
  peer('dovecot-imapd')('Dovecot', () => {
    it('shows the copy in sentProbes, and the probe in the inbox answered and unread', async () => {
      const root = mailUsersDirectory();
      const maildir = new Maildir(root);
      const captures = [captureOf(content), captureOf(Buffer.from('Subject: other\r\n\r\n'))];
      const output = new MaildirOutput('maildir', { path: root, software: 'Postfix' });
      await output.open(undefined);
      await output.deliver(captures);
      const probe = probeOf({ facts: captures[0]!.facts });
      await announceProbe(maildir, probe);
      giveToMailUser(root);
      const { port, complaints } = await startDovecot(root);
      const client = await ImapClient.login(port, 'trap', password);
      expect(await client.command('LIST "" "*"')).toContain('sentProbes');
      await client.command('SELECT sentProbes');
      expect(await client.command('SEARCH HEADER X-Relay-Sendmail-Date 2026')).toContain('* SEARCH 1\r\n');
      await client.command('CLOSE');

      await completeProbe(maildir, probe, report);
      expect(await markAnswered(maildir, captures[0]!.facts.id)).toBe(true);
      giveToMailUser(root);
      expect(await client.command('SELECT sentProbes')).toContain('* 1 EXISTS');
      expect((await client.fetchBody(1)).subarray(-content.length).equals(content)).toBe(true);
      expect(await client.command('FETCH 1 BODY.PEEK[HEADER.FIELDS (X-Relay-Sendmail-Quit)]')).toContain(
        "X-Relay-Sendmail-Quit: (221, b'2.0.0 bye')\r\n",
      );
      expect(await client.command('SELECT INBOX')).toContain('* 2 EXISTS');
      expect(await client.command('SEARCH ANSWERED UNSEEN SUBJECT probe')).toContain('* SEARCH 1\r\n');
      expect(await client.command('SEARCH ANSWERED')).toContain('* SEARCH 1\r\n');

      // A client's own flags stay when a probe is answered again.
      await client.command('STORE 1 FLAGS (\\Flagged \\Seen)');
      await client.command('CLOSE');
      expect(await markAnswered(maildir, captures[0]!.facts.id)).toBe(true);
      await client.command('SELECT INBOX');
      expect(await client.command('SEARCH ANSWERED FLAGGED SEEN')).toContain('* SEARCH 1\r\n');
      await client.logout();
      expect(complaints()).toEqual([]);
      expect(existsSync(join(root, 'dovecot-uidlist'))).toBe(true);
    });
  });
});
