const segment = /^[\w -]{1,64}$/;

/**
 * Whether it may name a mail folder, with `/` between a folder and the one within. Only letters, digits, blanks, `-`
 * and `_` are taken: such names mean the same to every IMAP server and file system.
 */
export function isFolderName(folder: string): boolean {
  return folder.split('/').every((name) => segment.test(name));
}
