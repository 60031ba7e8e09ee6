import type { Socket } from 'node:net';
import { exitCodes, Fault, reason } from '../errors.ts';
import { nearest } from '../text/nearest.ts';
import { printableWithin } from '../text/printable.ts';
import { formatSize } from '../text/units.ts';
import type { EventFeed, From } from './event-feed.ts';
import { LineSplitter } from './line-splitter.ts';
import { longestQuestion, readQuestion, toLine, type FaultAnswer, type Greeting, type Question } from './wire.ts';

/** What a question may come with. Each operation looks for itself whether it is what it needs. */
export type Given = Readonly<Record<string, unknown>>;

/** What can be asked for, by name. */
export type Operations = Readonly<Record<string, (given: Given) => unknown>>;

export interface AttendantSettings {
  readonly greeting: Greeting;
  readonly operations: Operations;
  readonly feed: EventFeed;
  readonly dropped: (detail: string) => void;
  readonly gone: () => void;
}

/** What may wait for a client that does not read. */
const mostWaiting = 8 * 2 ** 20;
/** Questions that are not answered yet. */
const mostAsked = 64;
/** For what was said last to be read. */
const farewell = 500;

/** Attends to one client: answers what it asks, sends it events, and never waits for it. */
export class Attendant {
  readonly #socket: Socket;
  readonly #settings: AttendantSettings;
  readonly #lines = new LineSplitter(longestQuestion);
  #leaveFeed: (() => void) | undefined;
  #asked = 0;
  #hasHeardAll = false;

  constructor(socket: Socket, settings: AttendantSettings) {
    this.#socket = socket;
    this.#settings = settings;
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => this.#hear(text));
    socket.on('end', () => this.#hearLast());
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#leaveFeed?.();
      settings.gone();
    });
    this.#say(toLine(settings.greeting));
  }

  end(): void {
    this.#leaveFeed?.();
    this.#socket.end();
    // Who does not read, or never closes its side, must not keep the sensor from its end.
    setTimeout(() => this.#socket.destroy(), farewell).unref();
  }

  // A script closes its side behind its last question, and still waits for every answer.
  #hearLast(): void {
    this.#hasHeardAll = true;
    if (this.#asked === 0) this.end();
  }

  #hear(text: string): void {
    const lines = this.#lines.take(text);
    if (lines === undefined) return this.#drop('it asked in lines that do not end');
    for (const line of lines) {
      if (this.#socket.destroyed) return;
      if (line.trim() !== '') void this.#answer(line);
    }
  }

  async #answer(line: string): Promise<void> {
    if (this.#asked >= mostAsked) return this.#drop('it asked on without waiting for answers');
    this.#asked++;
    let id: number | null = null;
    try {
      const question = readQuestion(line);
      ({ id } = question);
      const answer = question.ask === 'events' ? this.#follow(question) : await this.#operate(question);
      this.#say(toLine({ id, answer: answer ?? null }));
    } catch (error) {
      this.#say(toLine({ id, fault: faultAnswer(error) }));
    } finally {
      this.#asked--;
      if (this.#hasHeardAll && this.#asked === 0) this.end();
    }
  }

  async #operate({ ask, with: given = {} }: Question): Promise<unknown> {
    const { operations } = this.#settings;
    const operation = Object.hasOwn(operations, ask) ? operations[ask] : undefined;
    if (operation) return operation(given);
    const meant = nearest(ask, Object.keys(operations));
    throw new Fault(`This command cannot be asked for ${printableWithin(ask, 60)}.`, {
      code: 'control.unknown',
      fix: meant ? `Did you mean ${meant}?` : `It knows ${Object.keys(operations).sort().join(', ')}.`,
    });
  }

  #follow({ with: given = {} }: Question): object {
    const { feed, greeting } = this.#settings;
    const from: From = given['from'] === 'now' ? 'now' : 'kept';
    this.#leaveFeed?.();
    this.#leaveFeed = feed.follow(from, (lines) => this.#say(lines));
    return { following: greeting.command };
  }

  #say(text: string): void {
    if (!this.#socket.writable) return;
    this.#socket.write(text);
    if (this.#socket.writableLength <= mostWaiting) return;
    this.#drop(`it does not read: ${formatSize(this.#socket.writableLength)} wait for it`);
  }

  #drop(detail: string): void {
    if (this.#socket.destroyed) return;
    this.#leaveFeed?.();
    this.#socket.destroy();
    this.#settings.dropped(detail);
  }
}

function faultAnswer(error: unknown): FaultAnswer {
  if (error instanceof Fault) {
    const { code, message, fix, exit } = error;
    return { code, message, fix, exit };
  }
  const exit = exitCodes.failed;
  if (error instanceof SyntaxError) {
    const message = `That is no question: ${printableWithin(reason(error), 200)}.`;
    const fix = 'Ask with one JSON object on each line: {"id": 1, "ask": "state"}.';
    return { code: 'control.question', message, fix, exit };
  }
  const message = `A fault of ours kept it from being done: ${reason(error)}.`;
  return { code: 'bug', message, fix: 'Please report it, with what was asked.', exit };
}
