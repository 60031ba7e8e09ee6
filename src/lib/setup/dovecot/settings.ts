// A configuration of Dovecot as data, before it is written in one of its two languages or explained.

export interface Setting {
  readonly kind: 'setting';
  readonly name: string;
  readonly value: string;
  readonly why: string;
}

export interface Block {
  readonly kind: 'block';
  /** What stands before its brace. */
  readonly head: string;
  readonly entries: readonly Entry[];
}

export type Entry = Setting | Block;

/** Settings with one subject: a part of the single file, or a file of its own in `conf.d`. */
export interface Section {
  /** As Dovecot's own examples name such a file. */
  readonly file: string;
  readonly title: string;
  readonly entries: readonly Entry[];
}

export function setting(name: string, value: string | number, why: string): Setting {
  return { kind: 'setting', name, value: String(value), why };
}

export function block(head: string, ...entries: readonly Entry[]): Block {
  return { kind: 'block', head, entries };
}

/** Every setting with its path, e.g. `service imap-login / inet_listener imap / port`. */
export function settingsIn(entries: readonly Entry[], path: readonly string[] = []): Setting[] {
  return entries.flatMap((entry) =>
    entry.kind === 'block'
      ? settingsIn(entry.entries, [...path, entry.head])
      : [{ ...entry, name: [...path, entry.name].join(' / ') }],
  );
}
