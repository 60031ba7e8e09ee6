import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { plainRecord } from '../capture/published.ts';
import { errno, exitCodes, Fault, reason, type ExitCode } from '../errors.ts';
import { Publisher, type HandoverLevel } from '../hpfeeds/client/publisher.ts';
import { safeFrame } from '../hpfeeds/wire/limits.ts';
import { formatSize } from '../text/units.ts';
import { feedAccess, linkTo, type FeedWanted } from './feed-access.ts';
import { asFault } from './feed-fault.ts';

export interface PublishWish {
  readonly feed: Omit<FeedWanted, 'as'>;
  /** Paths, or - for standard input. */
  readonly files: readonly string[];
  /** Absent means those of the feed. */
  readonly channels: readonly string[];
  /** A record as consumers of mail read it, or the bytes as they are. */
  readonly as: 'record' | 'raw';
  readonly level: HandoverLevel;
}

const confirmMs = 30_000;

/** The whole of `spamtrap publish`: done means that everything is handed over at the level. */
export async function publish(wish: PublishWish, say: (line: string) => void): Promise<ExitCode> {
  const { access, channels: usual } = await feedAccess({ ...wish.feed, as: 'sensor' });
  const { host, port } = access;
  const channels = wish.channels.length > 0 ? wish.channels : usual;
  const publisher = new Publisher({
    ...linkTo(access),
    level: wish.level,
    frameLimit: safeFrame,
    confirmMs,
    now: Date.now,
  });
  let tooLong = 0;
  try {
    for (const file of wish.files) {
      const { payload, sha256 } = payloadOf(file, wish.as);
      const batch = channels.map((channel) => ({ channel, payload, sha256 }));
      if (!batch.every((publication) => publisher.fits(publication))) {
        say(`${file}: not published, a frame of more than ${formatSize(safeFrame)} is not taken by every broker`);
        tooLong++;
        continue;
      }
      await publisher.hand(batch, new AbortController().signal);
      say(`${file}: published on ${channels.join(', ')}, ${sha256}`);
    }
  } catch (error) {
    throw asFault(error, `${host} port ${port}`);
  } finally {
    publisher.close();
  }
  if (tooLong === 0) return exitCodes.done;
  return tooLong === wish.files.length ? exitCodes.failed : exitCodes.partly;
}

function payloadOf(file: string, as: PublishWish['as']): { payload: Buffer; sha256: string } {
  const bytes = bytesOf(file);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (as === 'raw') return { payload: bytes, sha256 };
  return { payload: Buffer.from(plainRecord(sha256, bytes)), sha256 };
}

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file === '-' ? process.stdin.fd : file);
  } catch (error) {
    throw new Fault(`${file} cannot be read: ${reason(error)}.`, {
      code: 'publish.file',
      fix: errno(error) === 'EISDIR' ? 'Name files, and not a folder.' : 'Check the path and the permissions.',
      exit: exitCodes.usage,
      cause: error,
    });
  }
}
