import { isFolderName } from '../capture/folder-name.ts';
import { Fault } from '../errors.ts';

/** The directory of a folder below the maildir's root: `inbox` is the root itself, `a/b` is `.a.b` (Maildir++). */
export function folderDirectory(folder: string | undefined): string {
  if (folder === undefined || folder.toLowerCase() === 'inbox') return '';
  if (!isFolderName(folder)) {
    throw new Fault(`"${folder}" is no folder name.`, {
      code: 'maildir.folder',
      fix: 'Use letters, digits, blanks, "-" and "_", with "/" between a folder and the one within.',
    });
  }
  return `.${folder.split('/').join('.')}`;
}
