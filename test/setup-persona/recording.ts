import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { loadPersona, recordFrom, type RecordOptions } from '../../src/lib/assembly/personas.ts';
import type { Persona } from '../../src/lib/smtp/persona.ts';
import { run } from '../real/programs.ts';
import { newDataDir, Sensor } from '../support/sensor.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { startFake, type Script } from './fake-server.ts';

export interface Drafted {
  readonly persona: Persona;
  readonly text: string;
  readonly path: string;
}

/** The draft as text, as a file, and as it loads. */
export async function record(port: number, options?: RecordOptions): Promise<Drafted> {
  const text = await recordFrom(`127.0.0.1:${port}`, options);
  const path = join(temporaryDirectory(), 'draft.yml');
  writeFileSync(path, text);
  return { persona: loadPersona(path), text, path };
}

export async function recordFake(script: Script, options?: RecordOptions): Promise<Drafted> {
  return record((await startFake(script)).port, options);
}

/** Plays the draft as a relay, and lets swaks hand a message in. */
export async function takesMail(path: string): Promise<void> {
  const sensor = await Sensor.start({ dataDir: newDataDir(), config: { relay: { persona: path } } });
  const server = ['--server', '127.0.0.1', '--port', sensor.port, '--timeout', 20, '--helo', 'swaks.example.test'];
  const letter = ['--from', 'spammer@example.org', '--to', 'victim@example.net', '--body', 'Hello'];
  const { code, said } = await run('swaks', [...server, ...letter]);
  expect(code, said).toBe(0);
  await sensor.event('capture.accepted');
  await sensor.stop();
}

/** The answer of a fake server to EHLO. */
export function offering(...features: readonly string[]): (line: string) => string | undefined {
  const lines = ['fake.example.org', ...features];
  return (line) =>
    line.startsWith('EHLO ')
      ? lines.map((text, index) => `250${index === lines.length - 1 ? ' ' : '-'}${text}`).join('\n')
      : undefined;
}
