import { EventEmitter, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Event } from '../../src/lib/events/event.ts';
import type { IntakeLimits, IntakeSettings } from '../../src/lib/intake/intake-settings.ts';
import type { TlsUse } from '../../src/lib/intake/mail-connection.ts';
import { MailIntake } from '../../src/lib/intake/mail-intake.ts';
import type { Journal } from '../../src/lib/journal/journal.ts';
import { acceptAll } from '../../src/lib/smtp/auth-policy.ts';
import { postfix } from '../../src/lib/smtp/personas/postfix.ts';
import { smtp } from '../../src/lib/smtp/verbs.ts';
import { entriesOnDisk, openJournal } from '../support/journals.ts';
import { generous } from '../support/dialogue.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const limits: IntakeLimits = {
  ...generous,
  connections: 100,
  idle: 60_000,
  command: 60_000,
  content: 60_000,
  handshake: 60_000,
  session: 60_000,
};
const envelope = 'EHLO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n';

class Peer {
  readonly socket: Socket;
  received = '';
  #changed = Promise.withResolvers<void>();

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.setEncoding('latin1');
    this.socket.on('data', (text: string) => {
      this.received += text;
      this.#tell();
    });
    this.socket.on('close', () => this.#tell());
    this.socket.on('error', () => undefined);
  }

  /** Resolves when the relay has said this. */
  async hears(text: string | RegExp): Promise<string> {
    while (this.received.search(text) < 0) {
      if (this.socket.closed) throw new Error(`closed after ${JSON.stringify(this.received)}`);
      await this.#changed.promise;
    }
    return this.received;
  }

  async isClosed(): Promise<void> {
    if (!this.socket.closed) await once(this.socket, 'close');
  }

  #tell(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}

interface Scene {
  readonly dataDir: string;
  readonly journal: Journal;
  readonly intake: MailIntake;
  readonly events: Event[];
  readonly peer: () => Peer;
  /** Resolves when so many events of that name have happened. */
  readonly happens: (name: Event['event'], times?: number) => Promise<Event>;
}

async function scene(
  given: Partial<IntakeLimits> = {},
  settings: Partial<IntakeSettings> = {},
  tls: TlsUse = 'none',
): Promise<Scene> {
  const dataDir = temporaryDirectory();
  const { journal } = await openJournal(dataDir);
  const events: Event[] = [];
  const told = new EventEmitter();
  let sessions = 0;
  const intake = new MailIntake({
    intake: 'relay',
    host: 'mail.example.test',
    persona: postfix,
    dialect: smtp,
    login: { offer: 'never', accepts: acceptAll, newChallenge: () => '<1.2@mail.example.test>' },
    takes: () => true,
    limits: { ...limits, ...given },
    journal,
    emit: (event) => {
      events.push(event);
      told.emit('event');
    },
    newSessionId: () => `session-${++sessions}`,
    newQueueId: () => '5D665224E7C',
    now: Date.now,
    ...settings,
  });
  const { port } = await intake.listen({ address: '127.0.0.1', port: 0 }, tls);
  onTestFinished(async () => {
    await intake.close(AbortSignal.abort());
    await journal.close();
  });
  const happens = async (name: Event['event'], times = 1) => {
    for (;;) {
      const found = events.filter(({ event }) => event === name);
      if (found.length >= times) return found.at(-1)!;
      await once(told, 'event');
    }
  };
  return { dataDir, journal, intake, events, peer: () => new Peer(port), happens };
}

describe('the relay', () => {
  it('keeps a message with the evidence of its session', async () => {
    const { dataDir, peer, events, happens } = await scene();
    const one = peer();
    await one.hears('220 ');
    one.socket.write(`${envelope}Subject: x\r\n\r\n.\r\nQUIT\r\n`);
    await one.hears('queued as 5D665224E7C');
    await happens('session.closed');
    expect(entriesOnDisk(dataDir)[0]).toMatchObject({
      capture: {
        facts: {
          intake: 'relay',
          queueId: '5D665224E7C',
          host: 'mail.example.test',
          envelope: { from: 'a@b', to: ['c@d'] },
          evidence: { session: 'session-1', protocol: 'ESMTP', helo: 'me', peer: { address: '127.0.0.1' } },
        },
      },
    });
    expect(events.map(({ event }) => event)).toEqual([
      'listening',
      'session.opened',
      'capture.accepted',
      'session.closed',
    ]);
  });

  it('forgets a message whose sender is gone before its end', async () => {
    const { journal, dataDir, peer, happens } = await scene();
    const one = peer();
    one.socket.write(`${envelope}${'x'.repeat(100_000)}`);
    await one.hears('354 ');
    one.socket.resetAndDestroy();
    const two = peer();
    two.socket.write(`${envelope}whole\r\n.\r\nQUIT\r\n`);
    await two.hears('queued');
    await happens('session.closed', 2);
    await journal.close();
    const kinds = entriesOnDisk(dataDir).map((entry) => entry.kind);
    expect(kinds.filter((kind) => kind === 'capture')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'session')).toHaveLength(2);
  });

  it('answers 421 when there are too many connections, and takes new ones when others have gone', async () => {
    const { peer, events, happens } = await scene({ connections: 1 });
    const one = peer();
    await one.hears('220 ');
    const two = peer();
    await two.hears('421 4.7.0 mail.example.test Error: too many connections from 127.0.0.1');
    await two.isClosed();
    expect(events).toContainEqual(expect.objectContaining({ event: 'session.rejected' }));
    one.socket.write('QUIT\r\n');
    await happens('session.closed');
    await peer().hears('220 ');
  });

  it('ends a session that is silent for too long', async () => {
    const { peer, happens } = await scene({ idle: 20 });
    const one = peer();
    await one.hears('421 4.4.2 mail.example.test Error: timeout exceeded');
    expect(await happens('session.closed')).toMatchObject({ endedBy: 'timeout' });
  });

  it('ends a session that lasts too long, however busy it is', async () => {
    const { peer } = await scene({ session: 50, errors: 1e9, junk: 1e9 });
    const one = peer();
    one.socket.on('data', () => one.socket.write('NOOP\r\n'));
    await one.hears('421 4.4.2 ');
    await one.isClosed();
  });

  it('reads no further from a peer that does not read its replies', async () => {
    const { peer } = await scene({ errors: 1e9 });
    const one = peer();
    await one.hears('220 ');
    one.socket.pause();
    const noops = Buffer.from('NOOP\r\n'.repeat(10_000));
    // The kernel's buffers take some megabytes; then this side can write no more, because the other side stopped.
    let written = 0;
    while (one.socket.writableLength < 20 * noops.length && written < 2_000) {
      one.socket.write(noops);
      written++;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(written).toBeLessThan(2_000);
    one.socket.destroy();
    await peer().hears('220 ');
  });

  it('lets a message under way be finished when it closes, and ends the others', async () => {
    const { intake, peer, dataDir } = await scene();
    const busy = peer();
    busy.socket.write(`${envelope}half`);
    await busy.hears('354 ');
    const idle = peer();
    await idle.hears('220 ');
    const closed = intake.close(new AbortController().signal);
    await idle.hears('421 4.3.2 ');
    await idle.isClosed();
    busy.socket.write(' and half\r\n.\r\n');
    await busy.hears('queued');
    await busy.hears('421 4.3.2 ');
    await closed;
    expect(entriesOnDisk(dataDir).filter((entry) => entry.kind === 'capture')).toHaveLength(1);
  });

  it('says which port is taken, and what to do', async () => {
    const { intake } = await scene();
    const { port } = await intake.listen({ address: '127.0.0.1', port: 0 }, 'none');
    await expect(intake.listen({ address: '127.0.0.1', port }, 'none')).rejects.toMatchObject({
      code: 'relay.listen',
      fix: expect.stringContaining('--port') as string,
    });
  });
});
