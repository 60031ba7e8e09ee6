import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { captureOf } from '../support/captures.ts';
import type { NatsCluster } from '../support/nats-cluster.ts';
import { command } from '../support/sensor.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** The built program in the background, killed when the test is over. */
export class Background {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  stderr = '';
  readonly #watchers = new Set<() => void>();

  constructor(words: readonly string[]) {
    this.child = spawn(command, words, {
      env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent' },
      stdio: ['ignore', 'ignore', 'pipe'],
      cwd: '/',
    });
    onTestFinished(() => void this.child.kill('SIGKILL'));
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      for (const look of this.#watchers) look();
    });
    this.ended = new Promise((resolve) => this.child.on('close', (code) => resolve(code)));
  }

  /** Resolves when it has said so. */
  async says(words: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = () => this.stderr.includes(words) && resolve();
    this.#watchers.add(look);
    void this.ended.then(() => reject(new Error(`It ended without saying "${words}": ${this.stderr}`)));
    look();
    await promise;
  }
}

/** A configuration whose cluster is this one. */
export function configFor(cluster: NatsCluster, more: object = {}): string {
  const file = join(temporaryDirectory(), 'trap.yml');
  writeFileSync(file, JSON.stringify({ cluster: { servers: cluster.places, ...more } }));
  return file;
}

/** The hashes of what a subscriber has kept. */
export function keptIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.eml'))
    .map((name) => name.slice(0, -'.eml'.length))
    .sort();
}

export const letter = (text: string) => captureOf(Buffer.from(`Subject: ${text}\r\n\r\n`));
