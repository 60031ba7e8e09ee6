import type { ServerPlace } from '../net/dial.ts';
import { ask } from './ask.ts';
import { Incomprehensible, type Judge, type Judged, type Judgement } from './judge.ts';

const chunkSize = 64 * 2 ** 10;

/** ClamAV's daemon: the message is handed over in pieces (INSTREAM), and nothing of it need be a file. */
export class Clamd implements Judge {
  readonly name = 'clamd';
  readonly #place: ServerPlace;

  constructor(place: ServerPlace) {
    this.#place = place;
  }

  async judge({ bytes }: Judged, signal: AbortSignal): Promise<Judgement> {
    const answer = await ask(this.#place, [Buffer.from('zINSTREAM\0'), ...chunksOf(bytes), Buffer.alloc(4)], signal);
    return judgementIn(answer.toString('latin1').replace(/\0$/, '').trim());
  }
}

/** Each with its length before it; a length of nothing is the end. */
function* chunksOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += chunkSize) {
    const chunk = bytes.subarray(at, at + chunkSize);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(chunk.length);
    yield length;
    yield chunk;
  }
}

function judgementIn(answer: string): Judgement {
  const found = /^stream: (.+) FOUND$/.exec(answer);
  if (found) return { verdicts: ['clamd=virus', `virus=${found[1]}`], detail: found[1]! };
  if (answer === 'stream: OK') return { verdicts: ['clamd=clean'], detail: 'nothing found' };
  if (answer.includes('size limit exceeded')) return { verdicts: ['clamd=too-large'], detail: answer };
  throw new Incomprehensible(`clamd answered ${answer.slice(0, 100) || 'nothing'}`);
}
