import type { ServerPlace } from '../net/dial.ts';
import { ask } from './ask.ts';
import { Incomprehensible, type Judge, type Judged, type Judgement } from './judge.ts';

/** SpamAssassin's daemon, asked in its own protocol (SPAMC/1.5). */
export class Spamd implements Judge {
  readonly name = 'spamd';
  readonly #place: ServerPlace;

  constructor(place: ServerPlace) {
    this.#place = place;
  }

  async judge({ bytes }: Judged, signal: AbortSignal): Promise<Judgement> {
    const question = Buffer.from(`SYMBOLS SPAMC/1.5\r\nContent-length: ${bytes.length}\r\n\r\n`);
    const answer = await ask(this.#place, [question, bytes], signal);
    return judgementIn(answer.toString('latin1'));
  }
}

/** `SPAMD/1.1 0 EX_OK`, a header with `Spam: True ; 15.3 / 5.0`, and the names of tests. */
function judgementIn(answer: string): Judgement {
  const status = /^SPAMD\/\d\S* (\d+) (\S+)/.exec(answer);
  if (status === null || status[1] !== '0') throw new Incomprehensible(`spamd answered ${answer.slice(0, 100)}`);
  const spam = /^Spam: (True|Yes|False|No) ; (-?[\d.]+) \/ (-?[\d.]+)/im.exec(answer);
  if (spam === null) throw new Incomprehensible('spamd named no score');
  const [, said, score, limit] = spam;
  const symbols = answer.slice(answer.indexOf('\r\n\r\n') + 4).trim();
  return {
    verdicts: [`spamd=${/^[ty]/i.test(said!) ? 'spam' : 'ham'}`],
    detail: `score ${score} of ${limit}: ${symbols}`,
  };
}
