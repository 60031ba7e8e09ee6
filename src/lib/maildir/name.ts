import { idLength, idTime, isId, type Id } from '../capture/id.ts';

/**
 * A file name made of nothing but our own id. `,S=` tells Dovecot the size, so that quota and POP3 need not open
 * every file.
 */
export function messageName(id: Id, size: number): string {
  return `${Math.floor(idTime(id) / 1000)}.${id}.spamtrap,S=${size}`;
}

/** The id in a name that messageName() made, also after a mail client has added its flags. */
export function idInName(name: string): Id | undefined {
  const start = name.indexOf('.') + 1;
  const id = name.slice(start, start + idLength);
  return isId(id) && name.startsWith('.spamtrap', start + idLength) ? id : undefined;
}
