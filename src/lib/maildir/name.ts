import { idLength, idTime, isId, type Id } from '../capture/id.ts';

/** A file name made of nothing but our own id. */
export function messageName(id: Id, size: number): string {
  return ownName(idTime(id), id, size);
}

/**
 * A file name made of what tells this message from all others: letters, digits, `-` and `_`. `,S=` tells Dovecot the
 * size, so that quota and POP3 need not open every file.
 */
export function ownName(ms: number, unique: string, size: number): string {
  return `${Math.floor(ms / 1000)}.${unique}.spamtrap,S=${size}`;
}

const own = /^\d+\.([\w-]+)\.spamtrap(?:[,:]|$)/;

/** What told a message from all others when ownName() made its name, also after a mail client has added its flags. */
export function uniqueInName(name: string): string | undefined {
  return own.exec(name)?.[1];
}

/** The id in a name that messageName() made, also after a mail client has added its flags. */
export function idInName(name: string): Id | undefined {
  const start = name.indexOf('.') + 1;
  const id = name.slice(start, start + idLength);
  return isId(id) && name.startsWith('.spamtrap', start + idLength) ? id : undefined;
}
