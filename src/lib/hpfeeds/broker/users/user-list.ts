import { createFaultList, type DocumentSort, type FaultList } from '../../../document/faults.ts';
import { printableWithin } from '../../../text/printable.ts';
import { maxNameBytes } from '../../wire/frame.ts';
import type { User } from '../user.ts';

const sort: DocumentSort = {
  code: 'broker.users',
  fix: 'Correct what is named above; docs/hpfeeds.md shows every form. Secrets are never shown.',
};

export interface NewUser {
  readonly ident: string;
  readonly secret: string;
  readonly owner: string;
  readonly publishes: readonly string[];
  readonly subscribes: readonly string[];
}

/** The users of one source, and everything that is wrong with them. */
export class UserList {
  readonly faults: FaultList = createFaultList(sort);
  readonly #users = new Map<string, User>();

  add(origin: string, { ident, secret, owner, publishes, subscribes }: NewUser): void {
    const complain = (problem: string) => this.faults.add({ origin, problem });
    const shown = printableWithin(ident, 60);
    if (ident === '') complain('an identity has no name');
    if (tooLong(ident)) complain(`the identity "${shown}" is longer than ${maxNameBytes} bytes`);
    if (secret === '') complain(`the secret of "${shown}" is empty: anybody could be it`);
    if (this.#users.has(ident)) complain(`the identity "${shown}" is there twice`);
    for (const channel of [...publishes, ...subscribes].filter(tooLong)) {
      complain(`a channel of "${shown}" is longer than ${maxNameBytes} bytes: "${printableWithin(channel, 60)}"`);
    }
    const channels = { publishes: new Set(publishes), subscribes: new Set(subscribes) };
    this.#users.set(ident, { ident, secret, owner, ...channels });
  }

  /** Throws one DocumentFault that names everything that is wrong. */
  taken(): ReadonlyMap<string, User> {
    this.faults.throwIfAny();
    return this.#users;
  }
}

function tooLong(name: string): boolean {
  return Buffer.byteLength(name) > maxNameBytes;
}
