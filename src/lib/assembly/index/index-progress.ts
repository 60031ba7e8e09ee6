import type { WriteStream } from 'node:tty';
import type { IndexStep } from './index-keeper.ts';

/** What is over sooner is not worth a word. */
const patience = 1_000;
const between = 200;

/** Shows on a terminal how far the index has come, once it takes longer than one waits without a word. */
export class IndexProgress {
  readonly #terminal: WriteStream;
  readonly #began = performance.now();
  #shown = 0;

  constructor(terminal: WriteStream) {
    this.#terminal = terminal;
  }

  readonly tell = ({ added, share }: IndexStep): void => {
    const now = performance.now();
    if (!this.#terminal.isTTY || now - this.#began < patience || now - this.#shown < between) return;
    this.#shown = now;
    const rate = Math.round(added / ((now - this.#began) / 1_000));
    this.#terminal.write(`\r\u001b[KIndexing: ${Math.floor(share * 100)} %, ${added} entries, ${rate} a second`);
  };

  /** Gives the line back. */
  done(): void {
    if (this.#shown > 0) this.#terminal.write('\r\u001b[K');
  }
}
