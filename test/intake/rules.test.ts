import { describe, expect, it } from 'vitest';
import { readRules } from '../../src/lib/rules/read/read-rules.ts';
import { compileRules } from '../../src/lib/rules/rule-set.ts';
import { Scene, type SceneOptions } from '../support/hostile-scene.ts';
import { entriesOnDisk } from '../support/journals.ts';
import { Networks } from '../../src/lib/net/network.ts';

const ownAddress = '198.51.100.25';
const letter = 'MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n';

function rulesOf(yaml: string) {
  const document = readRules(`version: 1\nrules:\n${yaml}`, { shown: 'rules.yml', folder: '/' });
  const surroundings = { ownAddresses: () => [ownAddress], ownHosts: () => ['mail.example.test'], now: Date.now };
  const rules = compileRules(document, surroundings);
  return () => rules;
}

async function scene(yaml: string, options: SceneOptions = {}): Promise<Scene> {
  return Scene.open({ ...options, settings: { rules: rulesOf(yaml), ...options.settings } });
}

describe('rules in a session', () => {
  it('answer in place of the persona at every moment, and a refusal refuses', async () => {
    const at = await scene(`
  - { name: c, kind: note, on: connect, when: { peer: { in: 127.0.0.0/8 } }, then: { reply: "220 trap ready" } }
  - { name: h, kind: note, on: helo, when: { helo: { equals: evil } }, then: { reply: "550 not you" } }
  - { name: m, kind: spam, on: mail, when: { sender: { starts: spam } }, then: { reply: "550 5.7.1 no spam" } }
  - { name: r, kind: note, on: rcpt, when: { recipient: { ends: "@no.example" } }, then: { reply: "550 5.1.1 nobody" } }
  - { name: s, kind: note, on: rset, when: { commands: { atLeast: 1 } }, then: { reply: "250 2.0.0 flushed" } }
  - { name: a, kind: note, on: auth, when: { user: { equals: root } }, then: { reply: "535 5.7.8 not root" } }
`);
    const peer = at.peer();
    await peer.hears('220 trap ready');
    expect(await peer.ask('HELO evil\r\n')).toBe('550 not you');
    expect(await peer.ask('EHLO me\r\n')).toContain('250 CHUNKING');
    expect(await peer.ask(`AUTH PLAIN ${Buffer.from('\0root\0x').toString('base64')}\r\n`)).toBe('535 5.7.8 not root');
    expect(await peer.ask(`AUTH PLAIN ${Buffer.from('\0me\0x').toString('base64')}\r\n`)).toMatch(/^235 /);
    expect(await peer.ask('MAIL FROM:<spam@b.example>\r\n')).toBe('550 5.7.1 no spam');
    expect(await peer.ask('RCPT TO:<c@d.example>\r\n')).toMatch(/^503 /);
    expect(await peer.ask('MAIL FROM:<a@b.example>\r\n')).toMatch(/^250 /);
    expect(await peer.ask('RCPT TO:<c@no.example>\r\n')).toBe('550 5.1.1 nobody');
    expect(await peer.ask('DATA\r\n')).toMatch(/^554 /);
    expect(await peer.ask('RSET\r\n')).toBe('250 2.0.0 flushed');
    peer.write('QUIT\r\n');
    await at.happens('session.closed');
    expect(at.told('rule.matched').map(({ rule }) => rule)).toEqual(['c', 'h', 'a', 'm', 'r', 's']);
    expect(at.told('login.tried').map(({ accepted }) => accepted)).toEqual([false, true]);
    await at.close();
    const [session] = entriesOnDisk(at.dataDir);
    expect(session).toMatchObject({ session: { rules: ['c', 'h', 'a', 's', 'm', 'r'].map((rule) => ({ rule })) } });
  });

  it('end it with 421, and with a refusal at the connection', async () => {
    const at = await scene(`
  - { name: c, kind: note, on: connect, when: { peer: { is: 127.0.0.2 } }, then: { reply: "554 go away" } }
  - { name: m, kind: note, on: mail, when: { sender: { equals: a@b.example } }, then: { reply: "421 4.7.0 later" } }
`);
    const unwelcome = at.peer({ from: '127.0.0.2' });
    await unwelcome.hears('554 go away');
    await unwelcome.isClosed();
    const peer = at.peer();
    await peer.hears('220 ');
    await peer.ask('EHLO me\r\n');
    expect(await peer.ask('MAIL FROM:<a@b.example>\r\n')).toBe('421 4.7.0 later');
    await peer.isClosed();
    expect((await at.happens('session.closed', 2)).map(({ endedBy }) => endedBy)).toEqual(['rule', 'rule']);
  });

  it('mark a message before it is accepted: the desk, folder, tags, links, and what was found', async () => {
    const at = await scene(`
  - name: own
    kind: probe
    on: message
    tags: [relay-test]
    when: { subject: { mentions: own-address } }
    then: { relay: true, folder: probes, extractUrls: true, reply: "250 2.0.0 Ok: queued as {id}, thanks" }
  - { name: small, kind: note, on: message, tags: [small], when: { size: { atMost: 1 KiB } } }
`);
    const peer = at.peer();
    await peer.hears('220 ');
    await peer.ask('EHLO me\r\n');
    for (const line of letter.split('\r\n').slice(0, -1)) await peer.ask(`${line}\r\n`);
    const content = `Subject: test ${ownAddress}\r\n\r\nsee https://x.example/a\r\n`;
    expect(await peer.ask(`${content}.\r\n`)).toBe('250 2.0.0 Ok: queued as 5D665224E7C, thanks');
    peer.write('QUIT\r\n');
    await at.happens('session.closed');
    await at.close();
    const [entry] = entriesOnDisk(at.dataDir);
    expect(entry).toMatchObject({
      kind: 'capture',
      capture: {
        facts: {
          folder: 'probes',
          tags: ['relay-test', 'small'],
          rules: { probe: 'own', urls: ['https://x.example/a'], matches: [{ rule: 'own' }, { rule: 'small' }] },
        },
      },
    });
  });

  it('keep with each message what belongs to it and to its session, and not to another message', async () => {
    const at = await scene(`
  - { name: h, kind: note, on: helo, when: { helo: { equals: me } } }
  - { name: m, kind: note, on: mail, when: { sender: { starts: one } } }
`);
    const peer = at.peer();
    await peer.hears('220 ');
    await peer.ask('EHLO me\r\n');
    for (const sender of ['one', 'two']) {
      for (const line of [`MAIL FROM:<${sender}@b.example>`, 'RCPT TO:<c@d.example>', 'DATA']) {
        await peer.ask(`${line}\r\n`);
      }
      await peer.ask('Subject: x\r\n\r\n.\r\n');
      // An envelope that comes to nothing belongs to no message.
      await peer.ask('MAIL FROM:<one@b.example>\r\n');
      await peer.ask('RSET\r\n');
    }
    await at.close();
    const kept = entriesOnDisk(at.dataDir).flatMap((entry) => (entry.kind === 'capture' ? [entry.capture.facts] : []));
    expect(kept.map(({ rules }) => rules?.matches.map(({ rule }) => rule))).toEqual([['h', 'm'], ['h']]);
  });

  it('keep a message that the peer is told was refused, and only the evidence of one to be dropped', async () => {
    const at = await scene(`
  - { name: no, kind: spam, on: message, when: { subject: { equals: refuse } }, then: { reply: "554 5.7.1 spam" } }
  - { name: drop, kind: spam, on: message, when: { subject: { equals: drop } }, then: { content: drop } }
`);
    const peer = at.peer();
    await peer.hears('220 ');
    await peer.ask('EHLO me\r\n');
    const replies: string[] = [];
    for (const subject of ['refuse', 'drop', 'keep']) {
      for (const line of letter.split('\r\n').slice(0, -1)) await peer.ask(`${line}\r\n`);
      replies.push(await peer.ask(`Subject: ${subject}\r\n\r\n.\r\n`));
    }
    expect(replies.map((reply) => reply.slice(0, 3))).toEqual(['554', '250', '250']);
    await at.close();
    const messages = entriesOnDisk(at.dataDir).filter(({ kind }) => kind !== 'session');
    expect(messages.map(({ kind }) => kind)).toEqual(['capture', 'evidence', 'capture']);
  });

  it('look at a message that went to a file of its own, at its end too', async () => {
    const at = await scene(`
  - { name: end, kind: note, on: message, when: { lastLines: { lines: 5, contains: "the very end" } } }
`);
    const peer = at.peer();
    await peer.hears('220 ');
    await peer.ask('EHLO me\r\n');
    for (const line of letter.split('\r\n').slice(0, -1)) await peer.ask(`${line}\r\n`);
    peer.write(Buffer.from(`Subject: long\r\n\r\n${`${'x'.repeat(70)}\r\n`.repeat(40_000)}the very end\r\n`));
    expect(await peer.ask('.\r\n')).toMatch(/^250 /);
    expect(at.told('rule.matched')).toMatchObject([{ rule: 'end' }]);
  });

  it('slow a peer down in a place of the tarpit, and nobody when there is none', async () => {
    const yaml = `
  - { name: slow, kind: note, on: helo, when: { helo: { equals: slow } }, then: { tarpit: 300ms } }
`;
    const tarpit = { networks: new Networks([]), delay: 1, slots: 1, memory: 0 };
    const at = await scene(yaml, { settings: { tarpit } });
    const [one, two] = [at.peer(), at.peer()];
    for (const peer of [one, two]) await peer.hears('220 ');
    const late = async (peer: typeof one) => {
      const before = performance.now();
      await peer.ask('HELO slow\r\n');
      return performance.now() - before;
    };
    expect(await late(one)).toBeGreaterThan(250);
    await late(two);
    expect(at.limits).toEqual(['relay.tarpit.slots']);
  });

  it('that fail keep no message from being kept', async () => {
    const broken = rulesOf('\n  - { name: x, kind: note, on: message, when: { size: { atLeast: 0 } } }\n');
    Object.defineProperty(broken(), 'judge', {
      value: () => {
        throw new Error('a bug');
      },
    });
    const at = await Scene.open({ settings: { rules: broken } });
    const peer = at.peer();
    await peer.hears('220 ');
    await peer.ask('EHLO me\r\n');
    for (const line of letter.split('\r\n').slice(0, -1)) await peer.ask(`${line}\r\n`);
    expect(await peer.ask('Subject: x\r\n\r\n.\r\n')).toMatch(/^250 /);
    expect(at.told('rules.failed')).toMatchObject([{ detail: 'a bug' }]);
  });
});
