import { Fault } from '../errors.ts';

const segment = /^[\w -]{1,64}$/;

/**
 * The directory of a folder below the maildir's root: `inbox` is the root itself, `a/b` is `.a.b` (Maildir++).
 * Only letters, digits, blanks, `-` and `_` are taken: such names mean the same to every IMAP server and file system.
 */
export function folderDirectory(folder: string | undefined): string {
  if (folder === undefined || folder.toLowerCase() === 'inbox') return '';
  const segments = folder.split('/');
  if (!segments.every((name) => segment.test(name))) {
    throw new Fault(`"${folder}" is no folder name.`, {
      code: 'maildir.folder',
      fix: 'Use letters, digits, blanks, "-" and "_", with "/" between a folder and the one within.',
    });
  }
  return `.${segments.join('.')}`;
}
