import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AccountAudit } from '../../src/lib/collect/audit/account-audit.ts';
import { Book } from '../../src/lib/collect/book/book.ts';
import { readJournalInto } from '../../src/lib/collect/book/read-journal.ts';
import { collectLayout } from '../../src/lib/collect/layout.ts';
import { Ledger, type LedgerLine } from '../../src/lib/collect/ledger.ts';
import { openJournal } from '../support/journals.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const inbox = { account: 'imap:trap@localhost', folder: 'INBOX', uidValidity: '7' };
const hash = (digit: string) => digit.repeat(64);
const kept = (id: string, digit = 'a') => ({ id, sha256: hash(digit), size: 10 });

function newBook(folder = temporaryDirectory(), now: () => number = Date.now): Book {
  return new Book(join(folder, 'book.db'), now);
}

describe('the book', () => {
  it('knows what was kept, by the folder under its numbering', () => {
    const book = newBook();
    const place = book.place(inbox);
    book.keep(place, '1', kept('01'), 'waiting');
    expect(book.isKnown(place, '1', 100)).toBe(true);
    expect(book.isKnown(place, '2', 100)).toBe(false);
    expect(book.isKnown(book.place({ ...inbox, folder: 'Junk' }), '1', 100)).toBe(false);
    expect(book.isKnown(book.place({ ...inbox, uidValidity: '8' }), '1', 100)).toBe(false);
  });

  it('trusts no uid where the server makes no promise', () => {
    const book = newBook();
    const place = book.place({ ...inbox, uidValidity: '' });
    book.keep(place, '1', kept('01'), 'waiting');
    expect(book.isKnown(place, '1', 100)).toBe(false);
    expect(place.compares).toBe(true);
    expect(book.findContent(place, hash('a'))).toEqual({ id: '01', state: 'waiting' });
  });

  it('hands over what all outputs have, and nothing beyond', () => {
    const book = newBook();
    const place = book.place(inbox);
    for (const id of ['01', '02', '03', '04']) book.keep(place, id, kept(id), 'waiting');
    book.setAside('02');
    expect(book.handedOver('02', '03')).toEqual([{ place, uids: ['03'] }]);
    expect(book.toAct(place, 10)).toEqual(['03']);
    expect(book.waiting(place)).toBe(2);
    book.acted(place, ['03'], 'gone');
    expect(book.standing(inbox.account)).toMatchObject({ waiting: 2, setAside: 1, gone: 1, handedOver: 0 });
  });

  it('finds a message by its content in the same account only', () => {
    const book = newBook();
    const before = book.place(inbox);
    book.keep(before, '1', kept('01', 'b'), 'handedOver');
    const after = book.place({ ...inbox, uidValidity: '8' });
    expect(after.compares).toBe(true);
    expect(book.formerValidity(after)).toBe('7');
    expect(book.findContent(after, hash('b'))).toMatchObject({ id: '01' });
    const other = book.place({ ...inbox, account: 'imap:other@localhost' });
    expect(book.findContent(other, hash('b'))).toBeUndefined();
  });

  it('forgets what was too large once more is wanted, and what is gone after a month', () => {
    let now = Date.parse('2026-11-01T00:00:00Z');
    const book = newBook(temporaryDirectory(), () => now);
    const place = book.place(inbox);
    book.tooLarge(place, '1', 1_000);
    expect([book.isKnown(place, '1', 999), book.isKnown(place, '1', 1_000)]).toEqual([true, false]);
    book.keep(place, '2', kept('02'), 'handedOver');
    book.acted(place, ['2'], 'gone');
    book.commit({ segment: 0, offset: 0 });
    now += 31 * 86_400_000;
    book.sync();
    expect(book.isKnown(place, '2', 100)).toBe(false);
  });

  it('is read from the journal again when it is lost or damaged', async () => {
    const folder = temporaryDirectory();
    const { journal } = await openJournal(folder);
    for (const uid of ['1', '2']) {
      const draft = journal.draft();
      await draft.write(Buffer.from(`Subject: ${uid}\r\n\r\n`));
      await draft.accept({ intake: 'collect', envelope: { from: '', to: [] }, source: { ...inbox, uid } });
    }
    const layout = collectLayout(folder);
    const ledger = new Ledger(layout, Date.now);
    const first = new Book(layout.book, Date.now);
    readJournalInto(first, ledger, journal.layout, journal.tail.position);
    first.close();
    writeFileSync(layout.book, 'no database');
    const second = new Book(layout.book, Date.now);
    expect(second.fault).toBeDefined();
    readJournalInto(second, ledger, journal.layout, journal.tail.position);
    const place = second.place(inbox);
    expect(['1', '2', '3'].map((uid) => second.isKnown(place, uid, 100))).toEqual([true, true, false]);
    expect(second.waiting(place)).toBe(2);
    second.close();
    ledger.close();
    await journal.close();
  });
});

describe('the audit', () => {
  const at = { time: '2026-11-27T00:00:00Z', ...inbox };
  const found: LedgerLine = { ...at, state: 'found', uids: ['1'] };
  const keeps: LedgerLine = { ...at, state: 'kept', uid: '1', id: '05', sha256: hash('a') };
  const hands: LedgerLine = { ...at, state: 'handedOver', uids: ['1'] };
  const acting: LedgerLine = { ...at, state: 'acting', action: 'delete', uids: ['1'] };
  const acted: LedgerLine = { ...at, state: 'acted', action: 'delete', uids: ['1'] };
  const journal = { oldest: '01', sha256Of: (id: string) => (id === '05' ? hash('a') : undefined) };
  const now = (...uids: string[]) => [{ folder: 'INBOX', uidValidity: '7', uids: new Set(uids) }];

  function problems(lines: readonly LedgerLine[], folders = now(), facts = journal): string[] {
    const audit = new AccountAudit();
    for (const line of lines) audit.follow(line);
    return audit.conclude(facts, folders).findings.map(({ problem }) => problem);
  }

  it('finds nothing wrong where all is right', () => {
    expect(problems([found, keeps, hands, acting, acted])).toEqual([]);
  });

  it.each([
    ['was touched before it was handed over', [found, keeps, acting], now(), 'not handed over'],
    ['was touched before it was kept', [found, hands, acting], now('1'), 'not in the journal'],
    ['was seen, never collected, and is gone', [found], now(), 'gone now'],
    ['is still there though it was deleted', [found, keeps, hands, acting, acted], now('1'), 'still on the server'],
    ['has another content in the journal', [{ ...keeps, sha256: hash('b') }], now('1'), 'another content'],
    ['is missing from the journal', [{ ...keeps, id: '06' }], now('1'), 'not in the journal'],
  ])('finds a message that %s', (_, lines, folders, problem) => {
    expect(problems(lines, folders)).toEqual([expect.stringContaining(problem)]);
  });

  it('does not ask the journal for what is older than it', () => {
    expect(problems([found, { ...keeps, id: '00' }, hands], now('1'))).toEqual([]);
  });

  it('counts what is on the server and was not collected', () => {
    const audit = new AccountAudit();
    for (const line of [found, keeps]) audit.follow(line);
    expect(audit.conclude(journal, now('1', '2', '3')).figures).toMatchObject({ found: 1, kept: 1, uncollected: 2 });
  });
});
