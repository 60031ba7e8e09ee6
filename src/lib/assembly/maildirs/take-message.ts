import { hintsIn } from '../../intake/maildir/hints.ts';
import { flagsOf } from '../../intake/maildir/message-file.ts';
import type { Found } from '../../intake/maildir/follower.ts';
import { openMessage } from '../../intake/maildir/open-message.ts';
import type { Emit } from '../../events/event.ts';
import type { Journal } from '../../journal/journal.ts';
import { subjectIn } from '../../mime/subject.ts';
import { accountOf } from './roots.ts';

export interface TakeMeans {
  readonly journal: Journal;
  readonly emit: Emit;
  readonly session: string;
  readonly largest: number;
}

const step = 64 * 2 ** 10;

/** Puts a message into the journal, byte for byte as its file has it. */
export async function takeMessage(found: Found, means: TakeMeans): Promise<'taken' | 'left' | 'gone'> {
  const { journal, emit, session, largest } = means;
  const { root, folder, name, unique, path } = found;
  const opened = await openMessage(path, largest);
  if (opened.is === 'gone') return 'gone';
  if (opened.is === 'none') {
    emit({ event: 'maildir.left', maildir: root, folder, name, detail: opened.why });
    return 'left';
  }
  const { file, arrivedAt } = opened;
  const draft = journal.unhurriedDraft();
  try {
    // As large as it was when it was opened: what is written to it later is no part of what was delivered.
    for await (const chunk of file.createReadStream({ highWaterMark: step, end: Math.max(opened.size - 1, 0) })) {
      await draft.write(chunk as Buffer);
    }
  } catch (error) {
    await draft.abandon();
    throw error;
  } finally {
    await file.close();
  }
  const head = Buffer.concat(draft.beginning).subarray(0, step);
  const [hints, subject, flags] = [hintsIn(head), subjectIn([head]), flagsOf(name)];
  const { id, size, sha256 } = await draft.accept({
    intake: 'maildir',
    // A maildir knows no envelope, and headers are what a sender likes to write.
    envelope: { from: '', to: [] },
    source: {
      account: accountOf(root),
      folder,
      uidValidity: '',
      uid: unique,
      arrivedAt,
      ...(flags.length > 0 && { flags }),
      ...(hints && { hints }),
    },
  });
  const said = { from: '', to: folder === '' ? root : `${root}/${folder}`, recipients: 0, subject };
  emit({ event: 'capture.accepted', intake: 'maildir', id, session, peer: 'local', ...said, size, sha256 });
  return 'taken';
}
