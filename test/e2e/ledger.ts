import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { sha256 } from '../support/captures.ts';
import { bytesOf, capturesOnDisk } from '../support/journals.ts';
import type { Letter, Sent } from '../support/smtp-client.ts';
import { mailIn, recordsIn } from '../support/stored.ts';
import { spamtrap } from './commands.ts';

/** Above what a ledger's ordinary letters have, so that only the large ones go to a file beside the segment. */
export const spillAt = 8 * 1024;

export interface NumberedLetter extends Letter {
  readonly number: number;
  readonly to: readonly string[];
}

/** What was sent and what was acknowledged, written down on the sender's side of the wire. */
export class Ledger {
  readonly #sent = new Map<string, NumberedLetter>();
  readonly #acknowledged = new Set<number>();
  #next = 0;

  /** So many new letters, all different: some with several recipients, some large. */
  *letters(count: number): Generator<NumberedLetter> {
    for (let left = count; left > 0; left--) {
      const letter = writeLetter(this.#next++);
      this.#sent.set(sha256(letter.content), letter);
      yield letter;
    }
  }

  write(sent: readonly Sent<NumberedLetter>[]): void {
    for (const { letter, reply } of sent) if (reply?.code === 250) this.#acknowledged.add(letter.number);
  }

  get acknowledged(): readonly number[] {
    return [...this.#acknowledged].sort((a, b) => a - b);
  }

  /** The same page in another book: what is written from now on is written in one of them only. */
  copy(): Ledger {
    const copy = new Ledger();
    for (const [hash, letter] of this.#sent) copy.#sent.set(hash, letter);
    for (const number of this.#acknowledged) copy.#acknowledged.add(number);
    copy.#next = this.#next;
    return copy;
  }

  /** The numbers of the letters that a journal holds, in its order. A letter that was never sent is a failure. */
  numbersIn(dataDir: string): number[] {
    return capturesOnDisk(dataDir).map((capture) => this.#numberOf(bytesOf(capture), capture.facts.envelope.to));
  }

  /**
   * Holds journal, maildir and records of a sensor that has ended against what was sent: nothing acknowledged is lost,
   * nothing is there twice where once was promised, and what is there is whole.
   */
  async expectToBeKeptIn(dataDir: string): Promise<void> {
    const ids = capturesOnDisk(dataDir).map(({ facts }) => facts.id);
    const numbers = this.numbersIn(dataDir);
    expect(missingFrom(numbers, this.acknowledged), 'acknowledged letters that the journal has lost').toEqual([]);
    expect(doubledIn(numbers), 'letters that the journal has twice').toEqual([]);
    expect(ids, 'ids in the order of the journal').toEqual([...new Set(ids)].sort());
    this.#expectMaildir(join(dataDir, 'maildir'), ids, numbers);
    this.#expectRecords(join(dataDir, 'records'), ids, numbers);
    expect(await spamtrap(['journal', 'verify'], dataDir)).toMatchObject({ code: 0, stderr: '' });
  }

  #expectMaildir(maildir: string, ids: readonly string[], numbers: readonly number[]): void {
    const mails = mailIn(maildir);
    expect(
      mails.filter(({ isWhole }) => !isWhole).map(({ path }) => path),
      'half files in the maildir',
    ).toEqual([]);
    expect(mails.map(({ id }) => id).sort(), 'ids in the maildir').toEqual(ids);
    const found = mails.map(({ content }) => this.#numberOf(content));
    expect(
      found.sort((a, b) => a - b),
      'letters in the maildir',
    ).toEqual(numbers.toSorted((a, b) => a - b));
    expect(readdirSync(join(maildir, 'tmp')), 'files that were never finished').toEqual([]);
  }

  #expectRecords(folder: string, ids: readonly string[], numbers: readonly number[]): void {
    const records = recordsIn(folder);
    expect(
      records.every(({ bytes, sha256: hash }) => sha256(bytes) === hash),
      'records have their hashes',
    ).toBe(true);
    // At least once, and in order: a repetition goes back, it does not skip.
    expect([...new Set(records.map(({ id }) => id))], 'ids in the records').toEqual(ids);
    expect([...new Set(records.map(({ bytes }) => this.#numberOf(bytes)))], 'letters in the records').toEqual(numbers);
  }

  #numberOf(bytes: Buffer, to?: readonly string[]): number {
    const letter = this.#sent.get(sha256(bytes));
    expect(letter, `a letter that was sent: ${bytes.toString('latin1', 0, 80)}`).toBeDefined();
    if (to) expect(to).toEqual(letter!.to);
    return letter!.number;
  }
}

function writeLetter(number: number): NumberedLetter {
  const to = Array.from({ length: number % 5 === 4 ? 3 : 1 }, (_, index) => `trap-${number}-${index}@example.net`);
  const length = number % 7 === 6 ? 3 * spillAt : 200 + ((number * 997) % 4000);
  const line = `${number} `.repeat(20).slice(0, 70);
  const body = `${line}\r\n`.repeat(Math.ceil(length / line.length));
  return { number, to, content: Buffer.from(`Subject: letter ${number}\r\nTo: ${to.join(', ')}\r\n\r\n${body}`) };
}

function missingFrom(there: readonly number[], wanted: readonly number[]): number[] {
  const found = new Set(there);
  return wanted.filter((number) => !found.has(number));
}

function doubledIn(numbers: readonly number[]): number[] {
  return numbers.filter((number, index) => numbers.indexOf(number) !== index);
}
