import type { NatsLink } from './link.ts';
import { headerNames, type HeaderName, type Letter } from './message.ts';
import { natsFaultOf } from './nats-fault.ts';

export interface PublishWish {
  readonly stream: string;
  /** So many may be under way at once, unconfirmed. */
  readonly window: number;
  readonly confirmMs: number;
}

/** What came of publishing: how many there were, and how many of them the stream had already. */
export interface Published {
  readonly count: number;
  readonly repeated: number;
}

/** Resolves when the stream has confirmed all of them. They go out in their order, and at the first fault no more. */
export async function publishAll(link: NatsLink, letters: readonly Letter[], wish: PublishWish): Promise<Published> {
  const { headers } = await import('./library.ts');
  const underWay = new Set<Promise<void>>();
  let repeated = 0;
  let fault: { readonly error: unknown } | undefined;
  const send = async ({ subject, payload, headers: values }: Letter) => {
    const around = headers();
    for (const [name, value] of Object.entries(values)) around.set(headerNames[name as HeaderName], value);
    // Another stream that took the same subject would confirm as gladly.
    const expect = { streamName: wish.stream };
    try {
      const { duplicate } = await link.jetstream.publish(subject, payload, {
        headers: around,
        timeout: wish.confirmMs,
        expect,
      });
      if (duplicate) repeated++;
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
  return { count: letters.length, repeated };
}
