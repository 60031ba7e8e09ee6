import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../support/temporary.ts';

let last = 0;

/** A maildir as a mail server keeps one. */
export class Mail {
  readonly root: string;

  constructor(root = join(temporaryDirectory(), 'Maildir')) {
    this.root = root;
    this.makeFolder('');
  }

  makeFolder(name: string): void {
    for (const part of ['tmp', 'new', 'cur']) mkdirSync(join(this.root, name, part), { recursive: true });
  }

  /** Delivers as Maildir says it: written in tmp, then renamed. Returns the name. */
  deliver(content: string, folder = '', name = `1700000000.M${++last}P1.host`): string {
    writeFileSync(join(this.root, folder, 'tmp', name), content);
    renameSync(join(this.root, folder, 'tmp', name), join(this.root, folder, 'new', name));
    return name;
  }

  /** As a mail client that has read it. */
  read(name: string, folder = '', flags = 'S'): void {
    renameSync(join(this.root, folder, 'new', name), join(this.root, folder, 'cur', `${name}:2,${flags}`));
  }
}

export function letter(subject: string, more = ''): string {
  return `From: a@b.example\nTo: c@d.example\n${more}Subject: ${subject}\n\nbody of ${subject}\n`;
}
