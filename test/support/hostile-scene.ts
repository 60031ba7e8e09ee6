import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import type { SecureContext } from 'node:tls';
import { onTestFinished } from 'vitest';
import type { Event, EventName, EventOf } from '../../src/lib/events/event.ts';
import type { IntakeLimits, IntakeSettings } from '../../src/lib/intake/intake-settings.ts';
import type { TlsUse } from '../../src/lib/intake/mail-connection.ts';
import { MailIntake } from '../../src/lib/intake/mail-intake.ts';
import { acceptAll } from '../../src/lib/smtp/auth-policy.ts';
import { lmtpServer } from '../../src/lib/smtp/personas/lmtp.ts';
import { postfix } from '../../src/lib/smtp/personas/postfix.ts';
import { lmtp, smtp } from '../../src/lib/smtp/verbs.ts';
import { CertificateStore } from '../../src/lib/tls/certificate-store.ts';
import type { Capture, SessionFacts } from '../../src/lib/capture/capture.ts';
import type { Journal } from '../../src/lib/journal/journal.ts';
import type { Disk } from '../../src/lib/journal/disk.ts';
import { generous } from './dialogue.ts';
import { inTime, Peer, type PeerOptions } from './hostile-peer.ts';
import { capturesOnDisk, entriesOnDisk, openJournal } from './journals.ts';
import { temporaryDirectory } from './temporary.ts';

const minute = 60_000;

export interface SceneOptions {
  readonly limits?: Partial<IntakeLimits>;
  readonly settings?: Partial<IntakeSettings>;
  readonly language?: 'smtp' | 'lmtp';
  readonly tls?: TlsUse;
  readonly disk?: Disk;
}

let context: Promise<SecureContext> | undefined;

/** As the program makes it. */
async function newContext(): Promise<SecureContext> {
  const store = await CertificateStore.open({
    folder: join(temporaryDirectory(), 'tls'),
    hostname: 'mail.example.test',
    minVersion: 'TLSv1',
    now: Date.now,
    notify: () => undefined,
  });
  return store.current;
}

/** An intake in this process, with a journal of its own: what it tells, and what it keeps. */
export class Scene {
  readonly dataDir: string;
  readonly events: Event[] = [];
  readonly intake: MailIntake;
  readonly port: number;
  readonly startedAt = Date.now();
  readonly #told: EventEmitter;
  readonly #journal: Journal;
  readonly #end: () => Promise<void>;

  private constructor(
    parts: Pick<Scene, 'dataDir' | 'events' | 'intake' | 'port'>,
    told: EventEmitter,
    journal: Journal,
    end: () => Promise<void>,
  ) {
    this.dataDir = parts.dataDir;
    this.events = parts.events;
    this.intake = parts.intake;
    this.port = parts.port;
    this.#told = told;
    this.#journal = journal;
    this.#end = end;
  }

  static async open({ limits, settings, language = 'smtp', tls = 'none', disk }: SceneOptions = {}): Promise<Scene> {
    const dataDir = temporaryDirectory();
    const { journal } = await openJournal(dataDir, disk && { disk });
    const events: Event[] = [];
    const told = new EventEmitter().setMaxListeners(0);
    let sessions = 0;
    const secureContext = tls === 'none' ? undefined : await (context ??= newContext());
    const intake = new MailIntake({
      intake: language === 'smtp' ? 'relay' : 'lmtp',
      host: 'mail.example.test',
      persona: language === 'smtp' ? postfix : lmtpServer,
      dialect: language === 'smtp' ? smtp : lmtp,
      login: { offer: 'always', accepts: acceptAll, newChallenge: () => '<1.2@mail.example.test>' },
      takes: () => true,
      limits: {
        ...generous,
        connections: 100,
        idle: minute,
        command: minute,
        content: minute,
        handshake: minute,
        session: minute,
        ...limits,
      },
      journal,
      emit: (event) => {
        events.push(event);
        told.emit('event');
      },
      newSessionId: () => `session-${++sessions}`,
      newQueueId: () => '5D665224E7C',
      now: Date.now,
      ...(secureContext && { secureContext: () => secureContext }),
      ...settings,
    });
    const { port } = await intake.listen({ address: '127.0.0.1', port: 0 }, tls);
    let isOver = false;
    const close = async () => {
      if (isOver) return;
      isOver = true;
      await intake.close(AbortSignal.abort());
      await journal.close();
    };
    onTestFinished(close);
    return new Scene({ dataDir, events, intake, port }, told, journal, close);
  }

  peer(options: Omit<PeerOptions, 'port'> = {}): Peer {
    const peer = new Peer({ port: this.port, ...options });
    onTestFinished(() => peer.destroy());
    return peer;
  }

  told<Name extends EventName>(name: Name): EventOf<Name>[] {
    return this.events.filter((event): event is EventOf<Name> => event.event === name);
  }

  /** Resolves when that was told so often. */
  async happens<Name extends EventName>(name: Name, times = 1): Promise<EventOf<Name>[]> {
    const work = async () => {
      while (this.told(name).length < times) await once(this.#told, 'event');
    };
    await inTime(work, () => `no ${name}, only ${JSON.stringify(this.events.slice(-20))}`);
    return this.told(name);
  }

  /** The names of the limits that were reached. */
  get limits(): string[] {
    return this.told('limit.reached').map(({ limit }) => limit);
  }

  /** Messages that have begun and neither were kept nor forgotten. */
  get openDrafts(): number {
    return this.#journal.tail.underWay;
  }

  /** Ends it all. */
  close(): Promise<void> {
    return this.#end();
  }

  /** Ends it all, and reads what is on disk. */
  async captures(): Promise<Capture[]> {
    await this.#end();
    return capturesOnDisk(this.dataDir);
  }

  async sessions(): Promise<SessionFacts[]> {
    await this.#end();
    return entriesOnDisk(this.dataDir).flatMap((entry) => (entry.kind === 'session' ? [entry.session] : []));
  }
}
