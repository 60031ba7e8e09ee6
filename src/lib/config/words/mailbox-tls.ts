import { scalar, type Written, type WrittenMap } from '../../document/written.ts';
import { choice, flag } from './choice.ts';
import { listOf } from './list.ts';
import type { Kind, Reader } from './kind.ts';
import { path } from './path.ts';
import { host, text } from './text.ts';

export type TlsUse = 'implicit' | 'starttls' | 'none';

/** How a mailbox's server is spoken to in TLS, and how it is known. */
export interface MailboxTls {
  /** Absent means what protocol and port stand for. */
  readonly use?: TlsUse;
  readonly verify?: boolean;
  /** Path of a file. */
  readonly ca?: string;
  readonly pins?: readonly string[];
  readonly serverName?: string;
}

const use = choice('implicit', 'starttls', 'none');
const fields = { use, verify: flag, ca: path, pin: listOf(text), serverName: host };
const names = Object.keys(fields) as (keyof typeof fields)[];
const valid = `implicit, starttls or none, or the keys ${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

/** One word, or keys with more to say. */
export const mailboxTls: Kind<MailboxTls> = {
  valid,
  read(written, reader) {
    if (written.form === 'list') return reader.refuse(written, valid);
    if (written.form === 'map') return fromMap(written, reader);
    const word = use.read(written, { ...reader, refuse: (refused, _, near) => reader.refuse(refused, valid, near) });
    return word === undefined ? undefined : { use: word };
  },
  written: scalar,
  show: ({ pins, ...rest }) => JSON.stringify({ ...rest, ...(pins && { pin: pins }) }),
};

function fromMap({ entries }: WrittenMap, reader: Reader): MailboxTls | undefined {
  for (const [name, { keyOrigin }] of entries) {
    if (!names.some((known) => known === name)) return reader.refuse(scalar(name, keyOrigin), valid);
  }
  const read = <Value>(name: keyof typeof fields, kind: Kind<Value>): Value | 'faulty' | undefined => {
    const value: Written | undefined = entries.get(name)?.value;
    return value === undefined ? undefined : (kind.read(value, reader) ?? 'faulty');
  };
  const values = {
    use: read('use', use),
    verify: read('verify', flag),
    ca: read('ca', path),
    pins: read('pin', fields.pin),
    serverName: read('serverName', host),
  };
  if (Object.values(values).includes('faulty')) return undefined;
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
