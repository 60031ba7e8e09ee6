import type { NatsLink } from './link.ts';
import { headerNames, type HeaderName, type Letter } from './message.ts';
import { natsFaultOf } from './nats-fault.ts';

export interface PublishWish {
  readonly stream: string;
  /** So many may be under way at once, unconfirmed. */
  readonly window: number;
  readonly confirmMs: number;
}

/** So many are asked for together. */
const atOnce = 64;

/** A message that the stream has confirmed, and where it is. */
export interface Confirmed {
  readonly seq: number;
  readonly messageId: string | undefined;
}

/**
 * Resolves when the stream has confirmed all of them, with the one that is last in it. They go out in their order, and
 * at the first fault no more.
 */
export async function publishAll(
  link: NatsLink,
  letters: readonly Letter[],
  wish: PublishWish,
): Promise<Confirmed | undefined> {
  const { headers } = await import('./library.ts');
  const underWay = new Set<Promise<void>>();
  let last: Confirmed | undefined;
  let fault: { readonly error: unknown } | undefined;
  const send = async ({ subject, payload, headers: values }: Letter) => {
    const around = headers();
    for (const [name, value] of Object.entries(values)) around.set(headerNames[name as HeaderName], value);
    // Another stream that took the same subject would confirm as gladly.
    const expect = { streamName: wish.stream };
    try {
      const { seq } = await link.jetstream.publish(subject, payload, {
        headers: around,
        timeout: wish.confirmMs,
        expect,
      });
      if (last === undefined || seq > last.seq) last = { seq, messageId: values.messageId };
    } catch (error) {
      fault ??= { error };
    }
  };
  for (const letter of letters) {
    if (fault) break;
    const sent = send(letter).finally(() => underWay.delete(sent));
    underWay.add(sent);
    if (underWay.size >= wish.window) await Promise.race(underWay);
  }
  await Promise.all(underWay);
  if (fault) throw natsFaultOf(fault.error, `the stream ${wish.stream} did not take a message`);
  return last;
}

/**
 * The first of those that the stream had confirmed and has lost: its place is another one's, or was never taken. What
 * is merely gone was removed, by a limit or by somebody.
 */
export async function firstLost(
  { manager }: NatsLink,
  stream: string,
  confirmed: readonly Confirmed[],
): Promise<Confirmed | undefined> {
  const isLost = async ({ seq, messageId = '' }: Confirmed) => {
    const stored = await manager.streams.getMessage(stream, { seq });
    if (stored !== null) return stored.header.get(headerNames.messageId) !== messageId;
    return (await manager.streams.info(stream)).state.last_seq < seq;
  };
  try {
    for (let at = 0; at < confirmed.length; at += atOnce) {
      const some = confirmed.slice(at, at + atOnce);
      const lost = await Promise.all(some.map(isLost));
      const first = lost.indexOf(true);
      if (first >= 0) return some[first];
    }
    return undefined;
  } catch (error) {
    throw natsFaultOf(error, `the stream ${stream} cannot be asked for what it has confirmed`);
  }
}
