import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { dkimSign } from 'mailauth/lib/dkim/sign.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { JudgeReader, type JudgeLimits } from '../../src/lib/assembly/judges/judge-captures.ts';
import { Clamd } from '../../src/lib/judge/clamd.ts';
import type { Judge, Judged, Judgement } from '../../src/lib/judge/judge.ts';
import { judgementsOf, judgementsSince, JudgementStore } from '../../src/lib/judge/judgement-store.ts';
import { Rspamd } from '../../src/lib/judge/rspamd.ts';
import { SenderJudge } from '../../src/lib/judge/sender.ts';
import { Spamd } from '../../src/lib/judge/spamd.ts';
import { journalLayout } from '../../src/lib/journal/layout.ts';
import { DnsServer } from '../support/dns-server.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { keeperOf, search, updated, written } from '../index/scene.ts';

const message: Judged = { bytes: Buffer.from('Subject: x\r\n\r\nbody\r\n'), from: 'a@b.example', to: ['c@d.example'] };
const limits: JudgeLimits = { maxSize: 10_000, timeout: 500, atOnce: 3 };

/** A server that answers everybody in the same way. */
async function scripted(answer: (socket: Socket) => void): Promise<{ host: string; port: number }> {
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    answer(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { host: '127.0.0.1', port: (server.address() as { port: number }).port };
}

const saying = (text: string) => scripted((socket) => void socket.resume().on('end', () => socket.end(text)));

describe('a daemon that does not answer as its protocol says', () => {
  const judges = { spamd: Spamd, clamd: Clamd, rspamd: Rspamd } as const;
  const names = ['spamd', 'clamd', 'rspamd'] as const;

  it.each(names)('is not believed: %s', async (name) => {
    const place = await saying('something else entirely\r\n\r\n');
    await expect(new judges[name](place).judge(message, AbortSignal.timeout(5_000))).rejects.toThrow();
  });

  it.each(['spamd', 'clamd'] as const)('is not listened to for ever: %s', async (name) => {
    const place = await scripted((socket) => {
      const flood = () => {
        while (socket.write('x'.repeat(65_536)));
      };
      socket.on('drain', flood);
      flood();
    });
    const asked = new judges[name](place).judge(message, AbortSignal.timeout(20_000));
    await expect(asked).rejects.toThrow('does not end');
  });

  it.each(names)('is not waited for longer than is said: %s', async (name) => {
    const place = await scripted(() => undefined);
    await expect(new judges[name](place).judge(message, AbortSignal.timeout(200))).rejects.toThrow();
  });

  it.each([
    ['SPAMD/1.1 76 Bad header line: (Content-Length mismatch)\r\n\r\n', 'spamd answered'],
    ['SPAMD/1.1 0 EX_OK\r\nContent-length: 0\r\n\r\n', 'no score'],
  ])('says what it said: %s', async (answer, why) => {
    const asked = new Spamd(await saying(answer)).judge(message, AbortSignal.timeout(5_000));
    await expect(asked).rejects.toThrow(why);
  });
});

describe('the domain of the sender', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  const text = (name: string, data: string) => [
    { type: 'TXT' as const, name, ttl: 60, data: data.match(/.{1,250}/g)! },
  ];
  const zone = {
    'good.example TXT': text('good.example', 'v=spf1 ip4:192.0.2.0/24 -all'),
    '_dmarc.good.example TXT': text('_dmarc.good.example', 'v=DMARC1; p=reject'),
    's1._domainkey.good.example TXT': text('s1._domainkey.good.example', `v=DKIM1; k=rsa; p=${key}`),
    // It leads to itself for ever.
    'loop.example TXT': text('loop.example', 'v=spf1 include:loop.example -all'),
  };
  const plain =
    'From: Ann <ann@good.example>\r\nTo: b@trap.example\r\nSubject: hello\r\nDate: Thu, 26 Nov 2026 10:00:00 +0000\r\nMessage-ID: <1@good.example>\r\n\r\nbody\r\n';

  async function judged(change: Partial<Judged>): Promise<Judgement> {
    const dns = await DnsServer.of(zone);
    const judge = new SenderJudge({ resolvers: [dns.address], host: 'trap.example' });
    const about = { ...message, bytes: Buffer.from(plain), from: 'ann@good.example', helo: 'good.example', ...change };
    return judge.judge(about, AbortSignal.timeout(30_000));
  }

  it('says that a message is its own, and that another one is not', async () => {
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const by = { signingDomain: 'good.example', selector: 's1', privateKey: pem };
    // The options that it reads are not those of its types.
    const options = { ...by, signatureData: [by] };
    const { signatures } = await dkimSign(plain, options);
    const signed = Buffer.from(signatures + plain);
    expect((await judged({ bytes: signed, peer: '192.0.2.7' })).verdicts.toSorted()).toEqual([
      'dkim=pass',
      'dmarc=pass',
      'spf=pass',
    ]);
    const changed = Buffer.from(signed.toString().replace('body', 'other'));
    const { verdicts } = await judged({ bytes: changed, peer: '198.51.100.7' });
    expect(verdicts).toEqual(expect.arrayContaining(['spf=fail', 'dmarc=fail']));
    expect(verdicts).not.toContain('dkim=pass');
  });

  it('cannot send us round in circles', async () => {
    const { verdicts } = await judged({ from: 'x@loop.example', peer: '192.0.2.7' });
    expect(verdicts).toContain('spf=permerror');
  });

  it('need not be there', async () => {
    const { verdicts } = await judged({ bytes: Buffer.from('no header at all'), from: '', peer: '192.0.2.7' });
    expect(verdicts.every((verdict) => /^(?:spf|dkim|dmarc)=/.test(verdict))).toBe(true);
  });
});

/** A judge of a test, who may be away. */
class Scripted implements Judge {
  readonly name = 'spamd';
  readonly asked: string[] = [];
  readonly #answer: (subject: string) => Promise<Judgement>;

  constructor(answer: (subject: string) => Promise<Judgement>) {
    this.#answer = answer;
  }

  async judge({ bytes }: Judged): Promise<Judgement> {
    const subject = /^Subject: (.*)\r$/m.exec(bytes.toString('latin1'))?.[1] ?? '';
    this.asked.push(subject);
    return this.#answer(subject);
  }
}

const verdict = (text: string): Judgement => ({ verdicts: [text], detail: 'because' });

async function askAll(dataDir: string, judge: Judge, signal = new AbortController().signal): Promise<void> {
  const store = new JudgementStore(dataDir);
  try {
    const reader = new JudgeReader({ judge, store, layout: journalLayout(dataDir), limits, now: Date.now });
    await reader.catchUp(signal);
  } finally {
    store.close();
  }
}

const letters = (...subjects: readonly string[]) =>
  subjects.map((subject) => ({ text: `Subject: ${subject}\n\nbody\n` }));

describe('judges', () => {
  it('are asked about every message once, and what they say can be searched', async () => {
    const dataDir = temporaryDirectory();
    const [first] = await written(dataDir, letters('one', 'two', 'three', 'four'));
    const judge = new Scripted(async (subject) => verdict(subject === 'two' ? 'spamd=spam' : 'spamd=ham'));
    await askAll(dataDir, judge);
    await askAll(dataDir, judge);
    expect(judge.asked.toSorted()).toEqual(['four', 'one', 'three', 'two']);
    await updated(dataDir);
    expect(search(dataDir, 'verdict:spamd=spam').map(({ subject }) => subject)).toEqual(['two']);
    expect(judgementsOf(dataDir, first!)).toMatchObject([
      { judge: 'spamd', verdicts: ['spamd=ham'], detail: 'because' },
    ]);
    // What was said cannot be had again: the index takes it from where it is kept.
    const keeper = keeperOf(dataDir);
    await keeper.rebuild();
    await keeper.close();
    expect(search(dataDir, 'verdict:spamd=*')).toHaveLength(4);
  });

  it('may be ahead of the index', async () => {
    const dataDir = temporaryDirectory();
    await written(dataDir, letters('one'));
    await updated(dataDir);
    await written(dataDir, letters('two'));
    await askAll(dataDir, new Scripted(async () => verdict('spamd=ham')));
    await updated(dataDir);
    expect(search(dataDir, 'verdict:spamd=ham')).toHaveLength(2);
  });

  it('who cannot be reached are asked later, and nothing is passed over', async () => {
    const dataDir = temporaryDirectory();
    await written(dataDir, letters('one', 'two'));
    const { port } = await saying('');
    const away = new Spamd({ host: '127.0.0.1', port: 1 });
    expect(port).not.toBe(1);
    await expect(askAll(dataDir, away)).rejects.toMatchObject({ code: 'judges.unreachable' });
    expect(judgementsSince(dataDir, 0, 10)).toEqual([]);
    await askAll(dataDir, new Scripted(async () => verdict('spamd=ham')));
    expect(judgementsSince(dataDir, 0, 10)).toHaveLength(2);
  });

  it('who cannot say anything about one message are asked about the others', async () => {
    const dataDir = temporaryDirectory();
    await written(dataDir, letters('one', 'poison', 'three'));
    const judge = new Scripted(async (subject) => {
      if (subject === 'poison') throw new Error('it choked');
      return verdict('spamd=ham');
    });
    await askAll(dataDir, judge);
    const said = judgementsSince(dataDir, 0, 10).map(({ verdicts, detail }) => [...verdicts, detail]);
    expect(said).toEqual([
      ['spamd=ham', 'because'],
      ['spamd=failed', 'it choked'],
      ['spamd=ham', 'because'],
    ]);
    expect(judge.asked.filter((subject) => subject === 'poison')).toHaveLength(3);
  });

  it('are not asked about what is too large', async () => {
    const dataDir = temporaryDirectory();
    await written(dataDir, [{ text: `Subject: large\n\n${'x'.repeat(20_000)}` }]);
    const judge = new Scripted(async () => verdict('spamd=ham'));
    await askAll(dataDir, judge);
    expect(judge.asked).toEqual([]);
    expect(judgementsSince(dataDir, 0, 10)).toMatchObject([{ verdicts: ['spamd=too-large'] }]);
  });

  it('are stopped at once, and go on where they were', async () => {
    const dataDir = temporaryDirectory();
    await written(dataDir, letters('one', 'two', 'three', 'four', 'five', 'six', 'seven'));
    const stop = new AbortController();
    const judge = new Scripted(async (subject) => {
      if (subject === 'four') stop.abort();
      return verdict('spamd=ham');
    });
    await askAll(dataDir, judge, stop.signal);
    const before = judgementsSince(dataDir, 0, 10).length;
    expect(before).toBeLessThan(7);
    await askAll(dataDir, new Scripted(async () => verdict('spamd=ham')));
    expect(judgementsSince(dataDir, 0, 10)).toHaveLength(7);
  });
});
