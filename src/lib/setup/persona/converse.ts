import { reason } from '../../errors.ts';
import { Connection, OutOfPatience, type Reply, type Server, type Timing } from './connection.ts';

/** A conversation, as far as it went. */
export interface Conversation {
  /** The greeting, and one for each line that was answered. */
  readonly replies: readonly Reply[];
  /** Why not all lines were answered, and whose doing that is. */
  readonly broken?: { readonly by: 'server' | 'us'; readonly why: string };
}

export interface Bounds {
  /** Milliseconds after which no further line is said. */
  readonly time?: number;
}

/**
 * Says lines to a server, one after the other, each after the reply to the one before. After STARTTLS it goes on in
 * TLS, where that is granted.
 */
export async function converse(
  server: Server,
  lines: readonly string[],
  timing: Timing,
  { time = Infinity }: Bounds = {},
): Promise<Conversation> {
  const end = timing.now() + time;
  const replies: Reply[] = [];
  const connection = new Connection(server, timing);
  try {
    await connection.open();
    replies.push(await connection.hear());
    for (const line of lines) {
      if (timing.now() > end) break;
      connection.say(line);
      const reply = await connection.hear();
      replies.push(reply);
      if (line === 'STARTTLS' && reply.text.startsWith('220')) await connection.secure();
    }
  } catch (thrown) {
    connection.drop();
    return { replies, broken: { by: thrown instanceof OutOfPatience ? 'us' : 'server', why: reason(thrown) } };
  }
  // In the middle of a message or of a login anything would be taken for a part of it.
  if (replies.at(-1)!.text.startsWith('3')) connection.drop();
  else await connection.leave();
  return { replies };
}
