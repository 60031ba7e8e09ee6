import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Clamd } from '../../src/lib/judge/clamd.ts';
import type { Judge, Judged, Judgement } from '../../src/lib/judge/judge.ts';
import { Rspamd } from '../../src/lib/judge/rspamd.ts';
import { Spamd } from '../../src/lib/judge/spamd.ts';
import { freePorts, RealProcess, serverFolder } from '../support/real-server.ts';
import { peer } from '../support/peers.ts';

const nobody = 65_534;

function message(body: string): Judged {
  const bytes = Buffer.from(`From: a@b.example\r\nTo: c@d.example\r\nSubject: something\r\n\r\n${body}\r\n`);
  return { bytes, from: 'a@b.example', to: ['c@d.example'], peer: '192.0.2.1', helo: 'b.example' };
}

// Put together here, so that no scanner takes this file for what it tests with.
const virus = message(['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE', '!$H+H*'].join(''));
const spam = message(['XJS*C4JDBQADN1.NSBN3*2IDNEN*', 'GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL', '*C.34X'].join(''));
const plain = message('Hello there, see you tomorrow.');

const asked = (judge: Judge, about: Judged) => judge.judge(about, AbortSignal.timeout(60_000));

/** It closes on whoever still talks, and then its answer may be lost on the way: asked again, it answers. */
async function answered(judge: Judge, about: Judged): Promise<Judgement> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await asked(judge, about);
    } catch (error) {
      if (attempt === 20) throw error;
    }
  }
}

peer('clamav-daemon')('clamd', () => {
  it('finds what it has a signature of, in messages of any size', async () => {
    const folder = serverFolder();
    const [port] = (await freePorts(1)) as [number];
    const signatures = join(folder, 'signatures');
    mkdirSync(signatures, { mode: 0o755 });
    // The beginning of the test file, in hexadecimal.
    writeFileSync(join(signatures, 'test.ndb'), `Test.File:0:*:${virus.bytes.subarray(-70, -40).toString('hex')}\n`);
    const config = [
      `TCPSocket ${port}`,
      'TCPAddr 127.0.0.1',
      `DatabaseDirectory ${signatures}`,
      'Foreground yes',
      'StreamMaxLength 1M',
    ];
    writeFileSync(join(folder, 'clamd.conf'), `${config.join('\n')}\n`);
    chownSync(folder, nobody, nobody);
    const clamd = new RealProcess('/usr/sbin/clamd', ['-c', join(folder, 'clamd.conf')], { uid: nobody });
    await clamd.listens(port);
    const judge = new Clamd({ host: '127.0.0.1', port });
    expect((await asked(judge, virus)).verdicts).toEqual(['clamd=virus', 'virus=Test.File.UNOFFICIAL']);
    expect((await asked(judge, plain)).verdicts).toEqual(['clamd=clean']);
    expect((await asked(judge, message('x'.repeat(300_000)))).verdicts).toEqual(['clamd=clean']);
    expect((await answered(judge, message('x'.repeat(3_000_000)))).verdicts).toEqual(['clamd=too-large']);
    await clamd.stop();
    await expect(asked(judge, plain)).rejects.toThrow();
  });
});

peer('spamd', 'spamassassin')('spamd', () => {
  it('says its score and the names of its tests', async () => {
    const folder = serverFolder();
    chownSync(folder, nobody, nobody);
    const [port] = (await freePorts(1)) as [number];
    const words = ['--local', '--nouser-config', '--listen', `127.0.0.1:${port}`, '--max-children', '1'];
    const spamd = new RealProcess('/usr/sbin/spamd', [...words, '--helper-home-dir', folder], { uid: nobody });
    await spamd.listens(port);
    const judge = new Spamd({ host: '127.0.0.1', port });
    const bad = await asked(judge, spam);
    expect(bad.verdicts).toEqual(['spamd=spam']);
    expect(bad.detail).toMatch(/^score 1\d{3}\.?\d* of 5\.0: .*GTUBE/);
    expect((await asked(judge, plain)).verdicts).toEqual(['spamd=ham']);
    await spamd.stop();
  });
});

peer('rspamd')('rspamd', () => {
  it('says what it would do', async () => {
    const folder = serverFolder();
    chmodSync(folder, 0o777);
    const [port, nameServer] = (await freePorts(2)) as [number, number];
    const config = `
      options { pidfile = "${folder}/pid"; filters = ""; tempdir = "${folder}"; hs_cache_dir = "${folder}";
        dns { nameserver = ["127.0.0.1:${nameServer}"]; timeout = 0.2s; retransmits = 1; } }
      logging { type = "console"; level = "notice"; }
      worker "normal" { bind_socket = "127.0.0.1:${port}"; count = 1; }
      actions { reject = 15; "add header" = 6; greylist = 4; }`;
    writeFileSync(join(folder, 'rspamd.conf'), config);
    const words = ['--no-fork', '--config', join(folder, 'rspamd.conf'), '--var', `DBDIR=${folder}`];
    const rspamd = new RealProcess('/usr/bin/rspamd', words, { uid: nobody });
    await rspamd.listens(port);
    const judge = new Rspamd({ host: '127.0.0.1', port });
    const bad = await asked(judge, spam);
    expect(bad.verdicts).toEqual(['rspamd=reject']);
    expect(bad.detail).toMatch(/^score 15 of 15: .*GTUBE/);
    expect((await asked(judge, plain)).verdicts).toEqual(['rspamd=no-action']);
    // A peer's words in a header of HTTP are nothing but words.
    expect((await asked(judge, { ...plain, helo: 'x\r\nFlags: no' })).verdicts).toEqual(['rspamd=no-action']);
    await rspamd.stop();
  });
});
