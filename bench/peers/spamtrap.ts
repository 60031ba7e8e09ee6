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
  readonly output: 'maildir' | 'none' | 'feed';
  /** Where the feed goes. */
  readonly feed?: { readonly port: number; readonly secret: string };
  /** The relay where it does not say. */
  readonly intake?: 'relay' | 'lmtp';
  /** Connections that the relay must have room for, where that is more than the default. */
  readonly connections?: number;
}

/** `spamtrap serve-relay` or `serve-lmtp` as it is built now, with everything but its outputs on defaults. */
export class Spamtrap implements RunningServer {
  readonly protocol: 'smtp' | 'lmtp';
  readonly pid: number;
  readonly port: number;
  readonly #folder: string;
  readonly #events: EventLog;
  readonly #end: () => Promise<void>;
  #delivered = 0;
  #hasLostEvents = false;

  static async start(folder: string, settings: SpamtrapSettings): Promise<Spamtrap> {
    const { connections, intake = 'relay' } = settings;
    const configuration = join(folder, 'trap.yml');
    writeFileSync(configuration, configurationText(settings));
    const where = ['--config', configuration, '--data-dir', folder, '--port', '0'];
    const serve = [program, `serve-${intake}`, ...where, '--json'];
    const [command, ...args] = connections === undefined ? serve : withOpenFiles(connections + 200, serve);
    const server = startLogged(folder, command!, args, withoutOwnVariables());
    const events = new EventLog(join(folder, logName));
    const port = await events.find('listening', 20, (event) => event.port);
    await events.find('ready', 20, () => true);
    // What it would still deliver nobody looks at.
    const about = { pid: server.pid, port, protocol: intake === 'lmtp' ? 'lmtp' : 'smtp' } as const;
    return new Spamtrap(folder, about, events, () => endChild(server, 'SIGKILL'));
  }

  private constructor(
    folder: string,
    { pid, port, protocol }: Omit<RunningServer, 'stop'>,
    events: EventLog,
    end: () => Promise<void>,
  ) {
    this.#folder = folder;
    this.pid = pid;
    this.port = port;
    this.protocol = protocol;
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
    return this.#events.find('output.delivered', patience, ({ output, time, count }) => {
      if (output === 'maildir') this.#delivered += count;
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

function configurationText({ output, feed, connections }: SpamtrapSettings): string {
  const outputs = `outputs: ${JSON.stringify(output === 'feed' ? { feed: feedOutput(feed) } : output === 'maildir' ? { maildir: {} } : {})}`;
  if (connections === undefined) return `${outputs}\n`;
  // All of them come from this one machine.
  const most = `connections: ${connections}, perAddress: ${connections}, perNetwork: ${connections}`;
  return `${outputs}\nrelay: {limits: {${most}}}\n`;
}

function withoutOwnVariables(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SPAMTRAP_')));
}

function feedOutput(feed: SpamtrapSettings['feed']): object {
  return { type: 'hpfeeds', broker: '127.0.0.1', identity: 'sensor', from: 'start', ...feed };
}
