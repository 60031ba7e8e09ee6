import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodes, Fault } from '../../errors.ts';
import { printable } from '../../text/printable.ts';
import type { Command } from '../run-commands.ts';
import { alone, putRow, readRows, removeRow, type EditedFile, type MailFolders } from './mail-files.ts';
import { postfixMap, userFileFormat } from './map-text.ts';

export interface MailUser {
  readonly name: string;
  /** By which method its password is hashed. */
  readonly scheme: string;
  /** Whether Postfix takes mail for it; undefined where there is none. */
  readonly mailbox: boolean | undefined;
}

export interface MailAlias {
  readonly address: string;
  readonly to: readonly string[];
}

/** The users, aliases and domains of a mail server: the maps of its Postfix, and the users of its Dovecot. */
export class MailServer {
  readonly #folders: MailFolders;

  constructor(folders: MailFolders) {
    this.#folders = folders;
  }

  users(): MailUser[] {
    const taken = this.#folders.postfix && new Set(readRows(this.#mailboxes).map(({ key }) => key));
    return readRows(this.#users).map(({ key: name, value }) => ({
      name,
      scheme: /^\{([^}]+)\}/.exec(value)?.[1] ?? 'not said',
      mailbox: taken ? taken.has(name) : undefined,
    }));
  }

  addUser(name: string, hash: string): Promise<void> {
    return this.#editing(async () => {
      // One of whom only Dovecot knows is what a call that was cut off has left, and this one completes.
      if (this.users().some((user) => user.name === name && user.mailbox !== false)) {
        throw wrong(`There is a user ${name} already.`, 'Give it another password with "spamtrap mail user passwd".');
      }
      this.#refuseForeignDomain(name);
      // The mailbox comes last: with it Postfix takes mail, and by then there is somebody to deliver it to.
      putRow(this.#users, { key: name, value: `${hash}::::::` });
      if (this.#folders.postfix !== undefined) putRow(this.#mailboxes, { key: name, value: name });
    });
  }

  setPassword(name: string, hash: string): Promise<void> {
    return this.#editing(async () => {
      const { value } = this.#row(this.#users, name, 'user');
      const [, ...rest] = value.split(':');
      putRow(this.#users, { key: name, value: [hash, ...rest].join(':') });
    });
  }

  removeUser(name: string): Promise<void> {
    return this.#editing(async () => {
      this.#row(this.#users, name, 'user');
      if (this.#folders.postfix !== undefined) {
        const naming = this.aliases().filter(({ address, to }) => address !== name && to.includes(name));
        if (naming.length > 0) {
          throw wrong(
            `Mail for ${naming.map(({ address }) => address).join(', ')} goes to ${name}.`,
            'Change these aliases first.',
          );
        }
        removeRow(this.#mailboxes, name);
      }
      removeRow(this.#users, name);
    });
  }

  aliases(): MailAlias[] {
    return readRows(this.#aliases).map(({ key: address, value }) => ({ address, to: value.split(/[\s,]+/) }));
  }

  /** The alias, or the list, that takes mail for an address; `@domain` takes what nobody else does. */
  addAlias(address: string, to: readonly string[]): Promise<void> {
    return this.#editing(async () => {
      if (this.aliases().some((alias) => alias.address === address)) {
        throw wrong(`There is an alias ${address} already.`, 'Remove it first.');
      }
      this.#refuseForeignDomain(address);
      putRow(this.#aliases, { key: address, value: to.join(', ') });
    });
  }

  removeAlias(address: string): Promise<void> {
    return this.#editing(async () => {
      this.#row(this.#aliases, address, 'alias');
      removeRow(this.#aliases, address);
    });
  }

  domains(): string[] {
    return readRows(this.#domains).map(({ key }) => key);
  }

  addDomain(domain: string): Promise<void> {
    return this.#editing(async () => {
      if (this.domains().includes(domain))
        throw wrong(`Mail for ${domain} is taken already.`, 'There is nothing to do.');
      putRow(this.#domains, { key: domain, value: 'OK' });
      // What its users send may leave through the relay host, where there is one.
      if (existsSync(this.#outgoing.path)) putRow(this.#outgoing, { key: `@${domain}`, value: 'smtp:' });
    });
  }

  removeDomain(domain: string): Promise<void> {
    return this.#editing(async () => {
      this.#row(this.#domains, domain, 'domain');
      const of = (address: string) => address.endsWith(`@${domain}`);
      const left = [
        ...readRows(this.#mailboxes).map(({ key }) => key),
        ...this.aliases().map(({ address }) => address),
      ].filter(of);
      if (left.length > 0) throw wrong(`There is still ${left.join(', ')}.`, 'Remove its users and aliases first.');
      removeRow(this.#domains, domain);
      if (existsSync(this.#outgoing.path)) removeRow(this.#outgoing, `@${domain}`);
    });
  }

  /** What has to be run so that what was edited counts. Dovecot looks at its users by itself. */
  get afterwards(): readonly Command[] {
    const { postfix } = this.#folders;
    if (postfix === undefined) return [];
    return [...this.#compiled(postfix), ['postfix', '-c', postfix, 'reload']];
  }

  /** Maps that somebody has chosen to compile, in the type that lies beside them. */
  #compiled(folder: string): Command[] {
    const types = { db: 'hash', lmdb: 'lmdb', cdb: 'cdb' } as const;
    const files = readdirSync(folder);
    return [this.#mailboxes, this.#aliases, this.#domains].flatMap(({ path }) =>
      Object.entries(types)
        .filter(([ending]) => files.includes(`${path.slice(folder.length + 1)}.${ending}`))
        .map(([, type]) => ['postmap', '-c', folder, `${type}:${path}`]),
    );
  }

  async #editing(work: () => Promise<void>): Promise<void> {
    await alone(this.#folders.dovecot ?? this.#postfix, work);
  }

  #row(file: EditedFile, key: string, what: string) {
    const row = readRows(file).find((each) => each.key === key);
    if (row) return row;
    throw wrong(`There is no ${what} ${printable(key)}.`, `"spamtrap mail ${what} list" shows those that there are.`);
  }

  #refuseForeignDomain(address: string): void {
    if (this.#folders.postfix === undefined) return;
    const domain = address.slice(address.indexOf('@') + 1);
    if (this.domains().includes(domain)) return;
    throw wrong(
      `Mail for ${printable(domain)} is not taken here.`,
      `Add it first: spamtrap mail domain add ${printable(domain)}`,
    );
  }

  get #postfix(): string {
    return this.#folders.postfix ?? missing('Postfix', '--postfix');
  }

  get #users(): EditedFile {
    return { path: join(this.#folders.dovecot ?? missing('Dovecot', '--dovecot'), 'users'), format: userFileFormat };
  }

  get #mailboxes(): EditedFile {
    return this.#map('mailboxes');
  }

  get #aliases(): EditedFile {
    return this.#map('virtual_aliases');
  }

  get #domains(): EditedFile {
    return this.#map('domains');
  }

  get #outgoing(): EditedFile {
    return this.#map('outgoing');
  }

  #map(name: string): EditedFile {
    return { path: join(this.#postfix, name), format: postfixMap };
  }
}

function missing(server: string, flag: string): never {
  throw wrong(`There is no ${server} here.`, `Name the folder of its configuration with ${flag} or --dir.`);
}

function wrong(problem: string, fix: string): Fault {
  return new Fault(problem, { code: 'mail.wrong', fix, exit: exitCodes.usage });
}
