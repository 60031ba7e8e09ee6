import type { Emit } from '../../events/event.ts';
import { hintsIn } from '../../intake/maildir/hints.ts';
import type { Found } from '../../intake/maildir/follower.ts';
import { openMessage } from '../../intake/maildir/open-message.ts';
import { HeaderSection } from '../../mime/header-section.ts';

/** Headers are at the beginning. */
const headLength = 64 * 2 ** 10;
const longest = 400;

/** Tells of a message what its header says; nothing of it is kept. */
export async function showMessage(found: Found, largest: number, emit: Emit): Promise<'taken' | 'left' | 'gone'> {
  const { root: maildir, folder, name, path } = found;
  const opened = await openMessage(path, largest);
  if (opened.is === 'gone') return 'gone';
  if (opened.is === 'none') {
    emit({ event: 'maildir.left', maildir, folder, name, detail: opened.why });
    return 'left';
  }
  const { file, size, arrivedAt } = opened;
  try {
    const head = Buffer.alloc(Math.min(size, headLength));
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    const header = new HeaderSection(head.subarray(0, bytesRead));
    const value = (field: string) => header.first(field)?.slice(0, longest);
    emit({
      event: 'maildir.message',
      maildir,
      folder,
      name,
      size,
      arrivedAt,
      subject: value('subject'),
      from: value('from'),
      to: value('to'),
      date: value('date'),
      hints: hintsIn(head.subarray(0, bytesRead)),
    });
    return 'taken';
  } finally {
    await file.close();
  }
}
