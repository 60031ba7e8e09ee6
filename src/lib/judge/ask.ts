import { once } from 'node:events';
import type { Socket } from 'node:net';
import { dial, type ServerPlace } from '../net/dial.ts';
import { Incomprehensible } from './judge.ts';

/** No server that is asked here has as much to say. */
const mostSaid = 256 * 2 ** 10;

/**
 * Says everything to a server and hears what it answers, until it ends the conversation. One that has heard enough
 * answers before all is said, and may close at once: its answer counts, whatever becomes of the rest.
 */
export async function ask(place: ServerPlace, pieces: Iterable<Buffer>, signal: AbortSignal): Promise<Buffer> {
  const socket = await dial(place, { connectMs: 10_000 }, signal);
  const stop = () => socket.destroy(new Error('it took too long'));
  signal.addEventListener('abort', stop, { once: true });
  const heard: Buffer[] = [];
  let length = 0;
  const over = Promise.withResolvers<void>();
  socket.on('data', (chunk) => {
    heard.push(chunk);
    length += chunk.length;
    if (length > mostSaid) socket.destroy(new Incomprehensible('its answer does not end'));
  });
  socket.on('end', over.resolve).on('close', () => over.resolve());
  socket.on('error', (error) =>
    heard.length > 0 && !(error instanceof Incomprehensible) ? over.resolve() : over.reject(error),
  );
  // It is waited for below; until then nobody must be told that nobody waits.
  over.promise.catch(() => undefined);
  try {
    await say(socket, pieces, () => heard.length > 0);
    await over.promise;
    return Buffer.concat(heard);
  } finally {
    signal.removeEventListener('abort', stop);
    socket.destroy();
  }
}

async function say(socket: Socket, pieces: Iterable<Buffer>, isAnswered: () => boolean): Promise<void> {
  for (const piece of pieces) {
    if (isAnswered() || socket.destroyed) return;
    if (!socket.write(piece)) await Promise.race(['drain', 'data', 'close'].map((name) => settled(socket, name)));
  }
  socket.end();
}

function settled(socket: Socket, name: string): Promise<unknown> {
  // What goes wrong is heard by whoever waits for the answer.
  return once(socket, name).catch(() => undefined);
}
