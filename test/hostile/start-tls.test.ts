import { once } from 'node:events';
import { TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { anyServer, Peer } from '../support/hostile-peer.ts';
import { Scene } from '../support/hostile-scene.ts';
import { acceptAll } from '../../src/lib/smtp/auth-policy.ts';

const injected = 'MAIL FROM:<injected@example.org>\r\nRCPT TO:<injected@example.org>\r\n';
const message = 'MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\none\r\n.\r\n';

async function greeted(scene: Scene): Promise<Peer> {
  const peer = scene.peer();
  await peer.hears('220 ');
  await peer.ask('EHLO plain.example.test\r\n');
  return peer;
}

const offered = () => Scene.open({ tls: 'starttls' });

describe('what is said in clear behind STARTTLS', () => {
  it('is forgotten when it is in the same segment', async () => {
    const scene = await offered();
    const peer = await greeted(scene);
    expect(await peer.ask(`STARTTLS\r\n${injected}`)).toBe('220 2.0.0 Ready to start TLS');
    const said = peer.received;
    await peer.secure();
    expect(await peer.ask('EHLO secure.example.test\r\n')).toBe('250 CHUNKING');
    expect(peer.received.slice(said.length)).not.toContain('STARTTLS');
    expect(await peer.ask('DATA\r\n')).toBe('503 5.5.1 Error: need RCPT command');
    peer.write(message);
    await peer.hears('queued as');
    const [capture, ...more] = await scene.captures();
    expect(more).toEqual([]);
    expect(capture?.facts.envelope).toEqual({ from: 'a@b', to: ['c@d'] });
    expect(capture?.facts.evidence).toMatchObject({
      protocol: 'ESMTPS',
      helo: 'secure.example.test',
      tls: { version: 'TLSv1.3' },
    });
    expect(JSON.stringify(capture?.facts.evidence?.commandsSeen)).not.toContain('injected');
  });

  it('ends the handshake when it comes in a segment of its own, and is never a command', async () => {
    const scene = await offered();
    const peer = await greeted(scene);
    await peer.ask('STARTTLS\r\n');
    const { received } = peer;
    peer.write(injected);
    await peer.isClosed();
    // An alert of TLS may come, and nothing that is a reply.
    expect(peer.received.slice(received.length)).not.toMatch(/\d{3} /);
    await scene.happens('tls.failed');
    const [session] = await scene.sessions();
    expect(JSON.stringify(session?.commandsSeen)).not.toContain('injected');
  });

  it('ends the handshake also when a true hello follows it', async () => {
    const scene = await offered();
    const peer = await greeted(scene);
    await peer.ask('STARTTLS\r\n');
    peer.write('NOOP\r\n');
    await expect(peer.secure()).rejects.toThrow();
    await scene.happens('session.closed');
    expect(scene.told('tls.started')).toEqual([]);
  });
});

describe('what was before STARTTLS', () => {
  it('is forgotten: the introduction, the transaction and the login', async () => {
    const login = { offer: 'always', accepts: acceptAll, newChallenge: () => '<1@a>' } as const;
    const scene = await Scene.open({ tls: 'starttls', settings: { login } });
    const peer = await greeted(scene);
    expect(await peer.ask('AUTH PLAIN AGEAYg==\r\n')).toMatch(/^235 /);
    await peer.ask('MAIL FROM:<before@example.org>\r\n');
    await peer.ask('RCPT TO:<before@example.org>\r\n');
    expect(await peer.ask('STARTTLS\r\n')).toMatch(/^220 /);
    await peer.secure();
    expect(await peer.ask('DATA\r\n')).toBe('503 5.5.1 Error: need RCPT command');
    peer.write(message);
    await peer.hears('queued as');
    // Who has not said EHLO again speaks plain SMTP, and is not logged in.
    expect(await peer.ask('EHLO again\r\n')).toMatch(/^250 /);
    expect(await peer.ask('AUTH PLAIN AGEAYg==\r\n')).toMatch(/^235 /);
    const [capture] = await scene.captures();
    expect(capture?.facts.evidence).toMatchObject({ protocol: 'SMTP' });
    expect(capture?.facts.evidence).not.toHaveProperty('helo');
    expect(capture?.facts.envelope.from).toBe('a@b');
  });

  it('is forgotten in the middle of chunks', async () => {
    const scene = await offered();
    const peer = await greeted(scene);
    await peer.ask('MAIL FROM:<a@b>\r\n');
    await peer.ask('RCPT TO:<c@d>\r\n');
    await peer.ask('BDAT 5\r\nabcde');
    await peer.ask('STARTTLS\r\n');
    await peer.secure();
    expect(await peer.ask('BDAT 1 LAST\r\nx')).toBe('503 5.5.1 Error: need RCPT command');
    expect(await scene.captures()).toEqual([]);
  });
});

describe('STARTTLS', () => {
  it('is refused under TLS, and when it has an argument', async () => {
    const scene = await offered();
    const peer = await greeted(scene);
    expect(await peer.ask('STARTTLS now\r\n')).toBe('501 5.5.4 Syntax: STARTTLS');
    await peer.ask('STARTTLS\r\n');
    await peer.secure();
    expect(await peer.ask('STARTTLS\r\n')).toBe('554 5.5.1 Error: TLS already active');
    expect(await peer.ask('NOOP\r\n')).toBe('250 2.0.0 Ok');
  });
});

describe('under TLS', () => {
  it('a peer cannot have one handshake after the other', async () => {
    const scene = await offered();
    const peer = await greeted(scene);
    await peer.ask('STARTTLS\r\n');
    await peer.secure({ ...anyServer, maxVersion: 'TLSv1.2' });
    const secure = peer.socket as TLSSocket;
    let handshakes = 0;
    for (; handshakes < 20 && !secure.destroyed; handshakes++) {
      const { promise, resolve } = Promise.withResolvers<Error | null>();
      secure.renegotiate({ rejectUnauthorized: false }, resolve);
      secure.once('close', () => resolve(new Error('closed')));
      if ((await promise) !== null) break;
    }
    expect(handshakes).toBeLessThan(20);
    expect(await (await greeted(scene)).ask('NOOP\r\n')).toBe('250 2.0.0 Ok');
  });

  it('bytes that are no TLS end the session at once', async () => {
    const scene = await offered();
    const peer = await greeted(scene);
    await peer.ask('STARTTLS\r\n');
    const plain = peer.socket;
    await peer.secure();
    expect(await peer.ask('EHLO me\r\n')).toMatch(/^250 /);
    plain.write('this is no record of TLS, whatever else it is\r\n');
    const [closed] = await scene.happens('session.closed');
    expect(closed).toMatchObject({ endedBy: 'peer' });
  });

  it('a peer that is gone without a word is gone', async () => {
    const scene = await offered();
    const peer = await greeted(scene);
    await peer.ask('STARTTLS\r\n');
    const plain = peer.socket;
    await peer.secure();
    plain.resetAndDestroy();
    await scene.happens('session.closed');
  });

  it('half a message is forgotten when the peer ends TLS', async () => {
    const scene = await offered();
    const peer = await greeted(scene);
    await peer.ask('STARTTLS\r\n');
    await peer.secure();
    for (const line of ['MAIL FROM:<a@b>', 'RCPT TO:<c@d>', 'DATA']) await peer.ask(`${line}\r\n`);
    peer.write('half');
    peer.socket.end();
    await once(peer.socket, 'close');
    await scene.happens('session.closed');
    expect(await scene.captures()).toEqual([]);
  });
});
