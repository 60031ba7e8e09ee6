import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TimedEvent } from '../../src/lib/events/event.ts';
import { command } from './sensor.ts';
import { temporaryDirectory } from './temporary.ts';
import { mailPassword, type MailServer } from './mail-server.ts';

/** How a single run came out. */
export interface Collected {
  readonly code: number | null;
  readonly events: readonly TimedEvent[];
  readonly stdout: string;
  readonly stderr: string;
}

/** The object that `--json` prints at the end of a single run. */
export interface Summary {
  readonly outcome: 'done' | 'partly' | 'failed' | 'interrupted';
  readonly failed: readonly string[];
  readonly found: number;
  readonly kept: number;
  readonly again: number;
  readonly handedOver: number;
  readonly acted: number;
  readonly waiting: number;
  readonly left: number;
  readonly byMailbox: Readonly<Record<string, { state: string; fault?: { why: string; detail: string } }>>;
}

/** One mailbox as a mailbox file lists it. */
export interface Listed {
  readonly username: string;
  readonly protocol?: string;
  readonly port?: number;
  readonly password?: string | undefined;
  readonly [key: string]: unknown;
}

export interface Scene {
  readonly dataDir: string;
  /** Where files of the test are. */
  readonly folder: string;
}

export function scene(): Scene {
  const folder = temporaryDirectory();
  return { folder, dataDir: join(folder, 'data') };
}

/** Writes a mailbox file for mailboxes of this server; returns its path. */
export function mailboxFile({ folder }: Scene, server: MailServer, mailboxes: readonly Listed[]): string {
  const path = join(folder, 'mailboxes.yml');
  const listed = mailboxes.map((mailbox) => ({
    password: mailPassword,
    protocol: 'imap',
    host: 'localhost',
    port: server.imaps,
    tls: { ca: server.cert, ...(mailbox['tls'] as object | undefined) },
    silence: '5s',
    ...Object.fromEntries(Object.entries(mailbox).filter(([key]) => key !== 'tls')),
  }));
  writeFileSync(path, JSON.stringify(listed));
  return path;
}

/** A configuration file; JSON is YAML. */
export function configFile({ folder }: Scene, config: object): string {
  const path = join(folder, 'trap.yml');
  writeFileSync(path, JSON.stringify({ daybook: { keep: 'no' }, ...config }));
  return path;
}

export interface Running {
  readonly pid: number;
  readonly ended: Promise<Collected>;
  signal(signal: NodeJS.Signals): void;
}

/** `spamtrap` with these words; nothing of this environment configures it. */
export function start({ dataDir }: Scene, ...words: readonly string[]): Running {
  mkdirSync(dataDir, { recursive: true });
  const child = spawn(command, [...words, '--data-dir', dataDir], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent' },
    cwd: '/',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Collected>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, events: eventsIn(stdout), stdout, stderr }));
  });
  return { pid: child.pid!, ended, signal: (signal) => child.kill(signal) };
}

export function run(where: Scene, ...words: readonly string[]): Promise<Collected> {
  return start(where, ...words).ended;
}

/** A single run to its end, with its summary. */
export async function collect(where: Scene, ...words: readonly string[]): Promise<Collected & { summary: Summary }> {
  const collected = await run(where, 'collect', '--json', ...words);
  const last = collected.stdout.trim().split('\n').at(-1) ?? '';
  if (last === '') throw new Error(`There is no summary: ${collected.stderr}`);
  return { ...collected, summary: JSON.parse(last) as Summary };
}

function eventsIn(stdout: string): TimedEvent[] {
  // Whoever is killed may have been in the middle of a line.
  return stdout
    .split('\n')
    .slice(0, -1)
    .filter((line) => line.startsWith('{"time"'))
    .map((line) => JSON.parse(line) as TimedEvent);
}

/** What is in a maildir, whichever folder of it. */
export function mailIn(dataDir: string): Buffer[] {
  const maildir = join(dataDir, 'maildir');
  return ['new', 'cur'].flatMap((name) =>
    readdirSync(join(maildir, name)).map((file) => readFileSync(join(maildir, name, file))),
  );
}
