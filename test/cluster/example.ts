import { spawn, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { arrivedIn } from '../outputs/nats/arrived.ts';
import { capturesOnDisk } from '../support/journals.ts';
import { command } from '../support/sensor.ts';
import { SmtpClient } from '../support/smtp-client.ts';
import { freePorts } from '../support/real-server.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const script = fileURLToPath(new URL('../../examples/cluster/start', import.meta.url));

export const parts = {
  servers: ['nats-1', 'nats-2', 'nats-3'],
  sensors: ['sensor-1', 'sensor-2', 'sensor-3'],
  consumers: ['consumer-1', 'consumer-2'],
} as const;
export const allParts: readonly string[] = Object.values(parts).flat();

/** The example, as somebody would start it; whatever of it is killed comes back. */
export class Example {
  readonly folder = temporaryDirectory();
  readonly first: number;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;

  static async start(): Promise<Example> {
    // A range that is likely to be free as a whole.
    const [port] = (await freePorts(1)) as [number];
    const example = new Example(20_000 + (port % 200) * 50);
    onTestFinished(() => example.stop());
    return example;
  }

  private constructor(first: number) {
    this.first = first;
    mkdirSync(this.kept);
    this.#child = spawn(script, [this.folder, String(first)], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', SPAMTRAP: command },
    });
    this.#ended = new Promise((resolve) => this.#child.on('close', () => resolve()));
  }

  get config(): string {
    return join(this.folder, 'operator.yml');
  }

  get kept(): string {
    return join(this.folder, 'kept');
  }

  smtpPort(which: number): number {
    return this.first + 21 + which;
  }

  /** False when it is not running at this moment. */
  signal(part: string, signal: NodeJS.Signals): boolean {
    const file = join(this.folder, `${part}.pid`);
    const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
    try {
      return pid > 0 && process.kill(pid, signal);
    } catch {
      return false;
    }
  }

  said(part: string): string {
    return readFileSync(join(this.folder, `${part}.log`), 'utf8');
  }

  /** How far messages have come that nobody has kept. */
  async whereabouts(hashes: readonly string[]): Promise<string> {
    const servers = [1, 2, 3].map((which) => `127.0.0.1:${this.first + which}`);
    const stream = new Set((await arrivedIn(servers, 'SPAM')).map(({ headers }) => headers['Spamtrap-Sha256']));
    const journals = parts.sensors.flatMap((sensor) => capturesOnDisk(join(this.folder, sensor)));
    return hashes
      .map((hash) => {
        const capture = journals.find(({ facts }) => facts.sha256 === hash);
        const inJournal = capture
          ? `in a journal as ${capture.facts.id} of ${capture.facts.receivedAt}`
          : 'in no journal';
        return `${hash}: ${inJournal}, ${stream.has(hash) ? 'in the stream' : 'not in the stream'}`;
      })
      .join('\n');
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#ended;
  }
}

/** Sends messages to a sensor until the signal, and remembers those that were acknowledged. */
export async function sendUntil(port: number, acknowledged: Set<string>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const client = await SmtpClient.connect(port);
      while (!signal.aborted) {
        const content = Buffer.from(`Subject: ${randomBytes(16).toString('hex')}\r\n\r\n${'x'.repeat(2_000)}\r\n`);
        const { code } = await client.begin();
        if (code !== 354) break;
        client.write(Buffer.concat([content, Buffer.from('.\r\n')]));
        const reply = await client.reply();
        if (reply.code === 250) acknowledged.add(createHash('sha256').update(content).digest('hex'));
        // A pace that leaves room for everybody on two processors.
        await setTimeout(15);
      }
    } catch {
      // It was killed, and comes back.
      await setTimeout(200);
    }
  }
}

/** Chance that is the same for the same seed (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
