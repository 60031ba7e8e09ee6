import type { Effect } from './effect.ts';
import type { SmtpLimit } from './limits.ts';
import type { Spoken } from './speaker.ts';

/** What a session asks for and says, in order. Replies that follow one another leave as one, in one segment. */
export class Outbox {
  #effects: Effect[] = [];
  #spoken = '';
  #said = 0;
  #reached: readonly SmtpLimit[] = [];

  /** Characters said since the last time that everything was taken. */
  get said(): number {
    return this.#said;
  }

  speak({ text, delay }: Spoken): void {
    if (delay > 0) this.do({ do: 'wait', ms: delay });
    this.#spoken += text;
    this.#said += text.length;
  }

  do(effect: Effect): void {
    this.#flush();
    this.#effects.push(effect);
  }

  /** Said once in a session for each limit. */
  reach(limit: SmtpLimit): void {
    if (this.#reached.includes(limit)) return;
    this.#reached = [...this.#reached, limit];
    this.do({ do: 'limit', limit });
  }

  take(): Effect[] {
    this.#flush();
    const effects = this.#effects;
    this.#effects = [];
    this.#said = 0;
    return effects;
  }

  #flush(): void {
    if (this.#spoken === '') return;
    this.#effects.push({ do: 'reply', text: this.#spoken });
    this.#spoken = '';
  }
}
