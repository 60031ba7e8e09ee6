import { dial, type ServerPlace } from '../net/dial.ts';
import { Incomprehensible } from './judge.ts';

/** No server that is asked here has as much to say. */
const mostSaid = 256 * 2 ** 10;

/** Says everything to a server and hears what it answers, until it ends the conversation. */
export async function ask(place: ServerPlace, pieces: readonly Buffer[], signal: AbortSignal): Promise<Buffer> {
  const socket = await dial(place, { connectMs: 10_000 }, signal);
  const stop = () => socket.destroy(new Error('it took too long'));
  signal.addEventListener('abort', stop, { once: true });
  try {
    for (const piece of pieces) socket.write(piece);
    socket.end();
    const heard: Buffer[] = [];
    let length = 0;
    for await (const chunk of socket) {
      heard.push(chunk as Buffer);
      length += (chunk as Buffer).length;
      if (length > mostSaid) throw new Incomprehensible('its answer does not end');
    }
    return Buffer.concat(heard);
  } finally {
    signal.removeEventListener('abort', stop);
    socket.destroy();
  }
}
