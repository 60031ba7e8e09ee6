import { describe, expect, it } from 'vitest';
import { Networks, readNetwork } from '../../src/lib/net/network.ts';
import { faultyDisk } from '../support/faulty-disk.ts';
import type { Peer } from '../support/hostile-peer.ts';
import { Scene } from '../support/hostile-scene.ts';
import { bytesOf } from '../support/journals.ts';

const hello = 'EHLO me\r\n';
const envelope = `${hello}MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n`;
const whole = `${envelope}DATA\r\nwhole\r\n.\r\n`;

interface Moment {
  readonly says: string;
  /** What the server has said when the peer goes; without it the peer does not even wait for the greeting. */
  readonly after?: string;
}

const moments: Readonly<Record<string, Moment>> = {
  'at once': { says: '' },
  'after the greeting': { says: '', after: '220 ' },
  'in the middle of a command': { says: 'EHL', after: '220 ' },
  'after EHLO': { says: hello, after: '250 CHUNKING' },
  'after MAIL': { says: `${hello}MAIL FROM:<a@b>\r\n`, after: '250 2.1.0' },
  'after RCPT': { says: envelope, after: '250 2.1.5' },
  'after DATA': { says: `${envelope}DATA\r\n`, after: '354 ' },
  'in the content': { says: `${envelope}DATA\r\nhalf`, after: '354 ' },
  'in content that is in a file by now': { says: `${envelope}DATA\r\n${'x'.repeat(3_000_000)}`, after: '354 ' },
  'before the end of the dot': { says: `${envelope}DATA\r\nhalf\r\n.\r`, after: '354 ' },
  'in a chunk': { says: `${envelope}BDAT 100\r\nhalf`, after: '250 2.1.5' },
  'between chunks': { says: `${envelope}BDAT 4\r\nhalf`, after: '4 bytes' },
  'in a chunk of a terabyte': {
    says: `${envelope}BDAT 1099511627776 LAST\r\n${'x'.repeat(100_000)}`,
    after: '250 2.1.5',
  },
  'in a login': { says: `${hello}AUTH LOGIN\r\n`, after: '334 ' },
  'in a handshake': { says: `${hello}STARTTLS\r\n`, after: '220 2.0.0' },
  'in the middle of a hello of TLS': { says: `${hello}STARTTLS\r\n\x16\x03\x01\x02\x00\x01`, after: '250 CHUNKING' },
  'while it is told how wrong it is': { says: 'X\r\n'.repeat(12), after: '500 ' },
};

async function comesTo(peer: Peer, { says, after }: Moment): Promise<void> {
  if (says !== '') peer.write(says);
  if (after !== undefined) await peer.hears(after);
}

describe.each(['reset', 'closed'] as const)('a connection that is %s by its peer', (how) => {
  it.each(Object.entries(moments))('%s leaves nothing behind, and its place is free', async (_, moment) => {
    const scene = await Scene.open({ tls: 'starttls', limits: { connections: 1 } });
    for (let count = 1; count <= 3; count++) {
      const peer = scene.peer();
      // Who is gone before that was never there.
      await scene.happens('session.opened', count);
      await comesTo(peer, moment);
      if (how === 'reset') peer.reset();
      else peer.socket.end();
      await scene.happens('session.closed', count);
    }
    const next = scene.peer().write(whole);
    await next.hears('queued as');
    expect(scene.told('session.failed')).toEqual([]);
    const captures = await scene.captures();
    expect(captures.map((capture) => bytesOf(capture).toString())).toEqual(['whole\r\n']);
  });
});

describe('a peer that is gone before its message is on disk', () => {
  /** Syncs wait for the test. */
  function slowDisk() {
    const gate = Promise.withResolvers<void>();
    const syncing = Promise.withResolvers<void>();
    let isSlow = false;
    const disk = faultyDisk(async (operation, path) => {
      if (!isSlow || operation !== 'sync' || !path.includes('journal')) return;
      syncing.resolve();
      await gate.promise;
    });
    return { disk, slow: () => (isSlow = true), syncing: syncing.promise, go: gate.resolve };
  }

  it('has its message kept all the same', async () => {
    const { disk, slow, syncing, go } = slowDisk();
    const scene = await Scene.open({ disk });
    slow();
    const peer = scene.peer().write(whole);
    await syncing;
    peer.reset();
    await scene.happens('session.closed');
    go();
    await scene.happens('capture.accepted');
    expect(await scene.captures()).toHaveLength(1);
  });

  it('leaves no half message behind that it sent after it', async () => {
    const { disk, slow, syncing, go } = slowDisk();
    const scene = await Scene.open({ disk });
    slow();
    const half = `MAIL FROM:<e@f>\r\nRCPT TO:<g@h>\r\nDATA\r\n${'half'.repeat(1_000)}`;
    const peer = scene.peer().write(whole + half);
    await syncing;
    peer.reset();
    await scene.happens('session.closed');
    go();
    await scene.happens('capture.accepted');
    // What is settled goes on in the same turn; a draft that is still open then is open for ever.
    await new Promise((resolve) => setImmediate(resolve));
    expect(scene.openDrafts).toBe(0);
    expect(await scene.captures()).toHaveLength(1);
  });

  it('is told of nothing more that it did after its end', async () => {
    const { disk, slow, syncing, go } = slowDisk();
    const scene = await Scene.open({ disk });
    slow();
    const peer = scene.peer().write(`${whole}AUTH PLAIN AGEAYg==\r\n`);
    await syncing;
    peer.reset();
    await scene.happens('session.closed');
    go();
    await scene.happens('capture.accepted');
    await new Promise((resolve) => setImmediate(resolve));
    const names = scene.events.map(({ event }) => event);
    expect(names.slice(names.indexOf('session.closed'))).toEqual(['session.closed', 'capture.accepted']);
  });
});

describe('a peer that closes its own side after its last word', () => {
  it('hears what becomes of its message', async () => {
    const scene = await Scene.open();
    const peer = scene.peer({ halfOpen: true });
    peer.socket.end(Buffer.from(`${whole}QUIT\r\n`));
    await peer.hears('queued as');
    await peer.hears('221 ');
    await peer.isClosed();
    expect(await scene.captures()).toHaveLength(1);
  });
});

describe('behind a proxy', () => {
  it('a peer that is gone at once leaves its place free', async () => {
    const loopback = readNetwork('127.0.0.1');
    const proxies = new Networks(loopback.is === 'network' ? [loopback.network] : []);
    const scene = await Scene.open({ settings: { proxies }, limits: { connections: 1 } });
    for (let count = 1; count <= 5; count++) {
      const peer = scene.peer().write('PROXY TCP4 203.0.113.9 192.0.2.25 4711 25\r\nEHLO me\r\n');
      await peer.hears('250 CHUNKING');
      peer.reset();
      await scene.happens('session.closed', count);
    }
  });
});
