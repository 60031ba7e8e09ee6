import { answerTo, type Answer } from './answer.ts';
import type { Server, Timing } from './connection.ts';
import { converse, type Bounds, type Conversation } from './converse.ts';
import { isLate } from './pace.ts';

/** All conversations with one server. Each is a connection of its own, because servers count errors. */
export class Interview {
  readonly #server: Server;
  readonly #timing: Timing;
  readonly #greetings: number[] = [];
  readonly #replies: number[] = [];

  constructor(server: Server, timing: Timing) {
    this.#server = server;
    this.#timing = timing;
  }

  /** Milliseconds that each greeting took. */
  get greetings(): readonly number[] {
    return this.#greetings;
  }

  /** Milliseconds that each other reply took. */
  get replies(): readonly number[] {
    return this.#replies;
  }

  async talk(lines: readonly string[], bounds?: Bounds): Promise<Conversation> {
    const conversation = await converse(this.#server, lines, this.#timing, bounds);
    const [greeting, ...replies] = conversation.replies.map(({ ms }) => ms);
    if (greeting !== undefined) this.#greetings.push(greeting);
    this.#replies.push(...replies);
    return conversation;
  }

  async ask(lines: readonly string[]): Promise<Answer> {
    const answer = answerTo(lines, await this.talk(lines));
    if (answer.is === 'missing' || lines.length === 0 || !isLate(answer.ms, this.#replies)) return answer;
    // Once may be chance: a server that is always late is late again.
    const again = answerTo(lines, await this.talk(lines));
    return again.is === 'missing' ? answer : { ...answer, ms: Math.min(answer.ms, again.ms) };
  }
}
