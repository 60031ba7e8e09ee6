import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { endChild } from '../machine/children.ts';
import { withOpenFiles } from '../machine/open-files.ts';
import { logName } from '../machine/work-folder.ts';
import { EventLog, EventsDropped } from './event-log.ts';
import { startLogged, type RunningServer } from './server.ts';

const program = fileURLToPath(new URL('../../bin/spamtrap', import.meta.url));
const patience = 120;

export interface SpamtrapSettings {
  readonly output: 'maildir' | 'none';
  /** Connections that must fit, where that is more than the default. */
  readonly connections?: number;
}

/** `spamtrap serve-relay` as it is built now, with everything but its outputs on defaults. */
export class Spamtrap implements RunningServer {
  readonly protocol = 'smtp';
  readonly pid: number;
  readonly port: number;
  readonly #folder: string;
  readonly #events: EventLog;
  readonly #end: () => Promise<void>;
  #delivered = 0;
  #hasLostEvents = false;

  static async start(folder: string, settings: SpamtrapSettings): Promise<Spamtrap> {
    const { connections } = settings;
    const configuration = join(folder, 'trap.yml');
    writeFileSync(configuration, configurationText(settings));
    const serve = [program, 'serve-relay', '--config', configuration, '--data-dir', folder, '--port', '0', '--json'];
    const [command, ...args] = connections === undefined ? serve : withOpenFiles(connections + 200, serve);
    const server = startLogged(folder, command!, args, withoutOwnVariables());
    const events = new EventLog(join(folder, logName));
    const port = await events.find('listening', 20, (event) => event.port);
    await events.find('ready', 20, () => true);
    // What it would still deliver nobody looks at.
    return new Spamtrap(folder, server.pid, port, events, () => endChild(server, 'SIGKILL'));
  }

  private constructor(folder: string, pid: number, port: number, events: EventLog, end: () => Promise<void>) {
    this.#folder = folder;
    this.pid = pid;
    this.port = port;
    this.#events = events;
    this.#end = end;
  }

  /**
   * Resolves with the moment at which the maildir had so many messages, as the event says it that told of the last.
   * When events were lost, the files are counted instead, five times a second.
   */
  async untilDelivered(total: number): Promise<number> {
    try {
      if (!this.#hasLostEvents) return await this.#untilTold(total);
    } catch (error) {
      if (!(error instanceof EventsDropped)) throw error;
      this.#hasLostEvents = true;
    }
    return this.#untilThere(total);
  }

  async #untilTold(total: number): Promise<number> {
    if (this.#delivered >= total) return Date.now();
    return this.#events.find('output.delivered', patience, ({ time, count }) => {
      this.#delivered += count;
      return this.#delivered >= total ? Date.parse(time) : undefined;
    });
  }

  async #untilThere(total: number): Promise<number> {
    const end = Date.now() + patience * 1_000;
    while (this.countDelivered() < total) {
      if (Date.now() > end) throw new Error(`${total} messages are not in the maildir after ${patience} s`);
      await sleep(200);
    }
    return Date.now();
  }

  /** What is really there, for a check after the clock has stopped. */
  countDelivered(): number {
    return readdirSync(join(this.#folder, 'maildir', 'new')).length;
  }

  async stop(): Promise<void> {
    this.#events.close();
    await this.#end();
  }
}

function configurationText({ output, connections }: SpamtrapSettings): string {
  const outputs = output === 'maildir' ? 'outputs: {maildir: {}}' : 'outputs: {}';
  const limits = connections === undefined ? '' : `relay: {limits: {connections: ${connections}}}\n`;
  return `${outputs}\n${limits}`;
}

function withoutOwnVariables(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SPAMTRAP_')));
}
