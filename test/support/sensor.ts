import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import type { EventName, EventOf, TimedEvent } from '../../src/lib/events/event.ts';
import { temporaryDirectory } from './temporary.ts';

/** The built program, as a user calls it. */
export const command = fileURLToPath(new URL('../../bin/spamtrap', import.meta.url));

export interface SensorOptions {
  /** Which of the commands that run; the relay unless the test says otherwise. */
  readonly command?: 'serve' | 'serve-relay' | 'serve-lmtp' | 'broker' | 'collect' | 'tail-maildir';
  readonly dataDir: string;
  /** What the configuration file says; without it there is none. JSON is YAML. */
  readonly config?: object;
  /** Without it any free one. */
  readonly port?: number;
  /** Further words of the command; ports that are given there take the place of the other. */
  readonly flags?: readonly string[];
  /** Words of a program that becomes the sensor, such as setpriv or systemd-socket-activate. */
  readonly by?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Words for strace, under which the sensor then runs. */
  readonly strace?: readonly string[];
  /** Another user, and the group of the same number. */
  readonly uid?: number;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

type Told<Name extends EventName> = TimedEvent & EventOf<Name>;

/** Nothing here takes so long; it only turns a test that hangs into one that says what it saw. */
const patience = 90_000;

const running = new Set<ChildProcess>();

// A test that fails leaves its sensor behind, and its sensor would outlive the whole run.
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** A data directory that is not there yet, with room beside it for what belongs to the test. */
export function newDataDir(): string {
  return join(temporaryDirectory(), 'data');
}

/** A running `spamtrap serve-relay` or one of its kind: what it tells, and how it ends. */
export class Sensor {
  readonly dataDir: string;
  readonly events: TimedEvent[] = [];
  /** Resolves when the process is gone and everything it and its tracer wrote has been read. */
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  readonly #byName = new Map<EventName, TimedEvent[]>();
  readonly #watchers = new Set<() => void>();
  #stderr = '';
  #isOver = false;

  /** Resolves as soon as the process runs, which may be long before it is ready. */
  constructor(options: SensorOptions) {
    this.dataDir = options.dataDir;
    this.#child = spawnSensor(options);
    running.add(this.#child);
    const [, stdout, stderr, tracer] = this.#child.stdio as (Readable | null)[];
    createInterface({ input: stdout! }).on('line', (line) => this.#hear(line));
    stderr!.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    tracer?.resume();
    this.ended = new Promise((resolve, reject) => {
      this.#child.on('error', reject);
      this.#child.on('close', (code, signal) => {
        running.delete(this.#child);
        this.#isOver = true;
        resolve({ code, signal, stderr: this.#stderr });
        this.#tellWatchers();
      });
    });
    // Not every test asks how the process ended.
    this.ended.catch(() => undefined);
  }

  /** Starts one and waits until it takes mail. */
  static async start(options: SensorOptions): Promise<Sensor> {
    const sensor = new Sensor(options);
    await sensor.event('ready');
    return sensor;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get port(): number {
    return this.told('listening')[0]?.port ?? 0;
  }

  get maildir(): string {
    return join(this.dataDir, 'maildir');
  }

  get records(): string {
    return join(this.dataDir, 'records');
  }

  /** The events of this name so far. */
  told<Name extends EventName>(name: Name): Told<Name>[] {
    return this.#called(name).slice();
  }

  /** The first event of this name that fits, whether it was told already or is still to come. */
  async event<Name extends EventName>(
    name: Name,
    fits: (event: Told<Name>) => boolean = () => true,
  ): Promise<Told<Name>> {
    const events = this.#called(name);
    // Those that did not fit once are not looked at again: there may be thousands.
    let seen = 0;
    return this.#found(name, () => {
      while (seen < events.length) {
        const event = events[seen++]!;
        if (fits(event)) return event;
      }
      return undefined;
    });
  }

  /** The events of this name, once there are so many. */
  async times<Name extends EventName>(name: Name, count: number): Promise<Told<Name>[]> {
    const events = this.#called(name);
    return this.#found(`${name} ${count} times`, () => (events.length >= count ? events.slice() : undefined));
  }

  /** What the look finds, now or after further events. */
  async #found<Found>(what: string, find: () => Found | undefined): Promise<Found> {
    const { promise, resolve, reject } = Promise.withResolvers<Found>();
    const look = () => {
      const found = find();
      if (found !== undefined) resolve(found);
      else if (this.#isOver) reject(new Error(`The sensor ended without saying ${what}.\n${this.#account()}`));
    };
    const giveUp = () => reject(new Error(`The sensor does not say ${what}.\n${this.#account()}`));
    const timer = setTimeout(giveUp, patience);
    this.#watchers.add(look);
    try {
      look();
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#watchers.delete(look);
    }
  }

  /** Resolves when these outputs have handed on everything up to the capture with this id. */
  async handedOn(id: string, outputs: readonly string[] = ['maildir', 'jsonl']): Promise<void> {
    const passed = (name: string) =>
      this.event('output.delivered', ({ output, lastId }) => output === name && lastId >= id);
    await Promise.all(outputs.map(passed));
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    this.signal(signal);
    return this.ended;
  }

  #called<Name extends EventName>(name: Name): Told<Name>[] {
    let events = this.#byName.get(name);
    if (!events) this.#byName.set(name, (events = []));
    return events as Told<Name>[];
  }

  #hear(line: string): void {
    const event = JSON.parse(line) as TimedEvent;
    this.events.push(event);
    this.#called(event.event).push(event);
    this.#tellWatchers();
  }

  #tellWatchers(): void {
    for (const look of this.#watchers) look();
  }

  #account(): string {
    const said = this.events.slice(-50).map((event) => JSON.stringify(event));
    return [...said, this.#stderr].join('\n');
  }
}

function spawnSensor(options: SensorOptions): ChildProcess {
  const { command: name = 'serve-relay', dataDir, config, port = 0, flags = [], by = [] } = options;
  const { env = {}, strace, uid } = options;
  const hasNoPort = name === 'serve' || name === 'collect' || name === 'tail-maildir';
  const namesPorts = flags.includes('-p') || flags.includes('--base-port') || hasNoPort;
  const ports = namesPorts ? [] : ['--port', String(port)];
  const anyPorts = { SPAMTRAP_RELAY_PORT: '0', SPAMTRAP_LMTP_PORT: '0', SPAMTRAP_BROKER_PORT: '0' };
  const words = [name, ...ports, '--json', '--data-dir', dataDir, ...flags];
  if (config) {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(`${dataDir}.yml`, JSON.stringify(config));
    words.push('--config', `${dataDir}.yml`);
  }
  // With -D the tracer is the grandchild: signals go to the sensor and its exit status comes from it. The tracer lets
  // go of standard output, but not of this fourth pipe: only when that ends, its file is whole.
  const traced = strace && ['strace', '-D', '-f', ...strace, command, ...words];
  const [program, ...rest] = traced ?? [...by, command, ...words];
  return spawn(program!, rest, {
    stdio: ['ignore', 'pipe', 'pipe', ...(strace ? (['pipe'] as const) : [])],
    // The rest of this environment is not the sensor's: it may hold variables that configure it.
    env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', ...(name === 'serve' && anyPorts), ...env },
    cwd: '/',
    ...(uid !== undefined && { uid, gid: uid }),
  });
}
