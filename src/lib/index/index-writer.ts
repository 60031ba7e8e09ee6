import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { CampaignBook } from './campaigns/place.ts';
import { bytesOf, type Decision } from './campaigns/decisions.ts';
import { progressOf, type Progress } from './progress.ts';
import { expire, type Keeping } from './expire.ts';
import { mentionsOfMessage, mentionsOfSession, type Mention } from './mentions-of.ts';
import type { IndexRecord, JournalPlace, MessageRecord, Place, SessionRecord } from './record.ts';
import { entryKinds, termKinds } from './schema.ts';
import { kept } from './searched.ts';
import { Terms } from './terms.ts';

/** What became of a message on the probe desk. */
export interface ProbeFate {
  readonly id: string;
  readonly state: string;
}

/** Writes what the journal tells, batch by batch: each is there with the place behind it, or not at all. */
export class IndexWriter {
  readonly #database: DatabaseSync;
  readonly #terms: Terms;
  readonly #campaigns: CampaignBook;
  readonly #placeOf: (peer: string) => Place;
  readonly #entry: StatementSync;
  readonly #mention: StatementSync;
  readonly #attachment: StatementSync;
  readonly #inCampaign: StatementSync;
  #version: unknown;

  constructor(database: DatabaseSync, placeOf: (peer: string) => Place) {
    this.#database = database;
    this.#placeOf = placeOf;
    this.#terms = new Terms(database);
    this.#campaigns = new CampaignBook(database);
    this.#entry = database.prepare(
      `INSERT INTO entries (id, kind, at, intake, session, size, sha256, recipients, gap, campaign, print)
       VALUES (:id, :kind, :at, :intake, :session, :size, :sha256, :recipients, :gap, NULL, :print)
       ON CONFLICT DO NOTHING`,
    );
    this.#mention = database.prepare('INSERT OR IGNORE INTO mentions VALUES (?, ?)');
    this.#attachment = database.prepare('INSERT OR IGNORE INTO attachments VALUES (?, ?, ?, ?, ?, ?)');
    this.#inCampaign = database.prepare('UPDATE entries SET campaign = ? WHERE seq = ?');
  }

  get progress(): Progress {
    return progressOf(this.#database);
  }

  add(records: readonly IndexRecord[], next: JournalPlace): void {
    this.#within(() => {
      let added = 0;
      for (const record of records) added += this.#addRecord(record) ? 1 : 0;
      this.#database
        .prepare('UPDATE progress SET segment = ?, offset = ?, mark = ?, entries = entries + ?')
        .run(next.segment, next.offset, next.mark, added);
    });
  }

  /** Lets go of what is too old or too much. */
  expire(keeping: Keeping, now: number): void {
    // What was remembered of terms and campaigns may have gone with it.
    if (expire(this.#database, keeping, now)) this.#forget();
  }

  recall(decisions: readonly Decision[]): void {
    this.#within(() => this.#campaigns.recall(decisions));
  }

  /** Takes note of what became of probes, and up to when that is known. */
  setFates(fates: readonly ProbeFate[], until: number): void {
    this.#within(() => {
      const entryOf = this.#database.prepare('SELECT seq FROM entries WHERE id = ?');
      const clear = this.#database.prepare(
        `DELETE FROM mentions WHERE entry = ? AND term IN (SELECT term FROM terms WHERE kind = ${termKinds.probe})`,
      );
      for (const { id, state } of fates) {
        const seq = entryOf.get(id)?.['seq'];
        if (seq === undefined) continue;
        clear.run(seq as number);
        this.#mentionAll(seq as number, [['probe', state]]);
      }
      this.#database.prepare('UPDATE progress SET probesTo = ?').run(until);
    });
  }

  /** The newest id that is known. */
  get newestId(): string {
    return String(this.#database.prepare('SELECT max(id) AS id FROM entries').get()?.['id'] ?? '');
  }

  /** Adds what others said of messages, and up to which judgement that is. */
  addVerdicts(judged: readonly { readonly id: string; readonly verdicts: readonly string[] }[], until: number): void {
    this.#within(() => {
      const entryOf = this.#database.prepare('SELECT seq FROM entries WHERE id = ?');
      for (const { id, verdicts } of judged) {
        const seq = entryOf.get(id)?.['seq'];
        if (seq === undefined) continue;
        this.#mentionAll(
          seq as number,
          verdicts.map((verdict) => ['verdict', verdict] as const),
        );
      }
      this.#database.prepare('UPDATE progress SET judgedTo = ?').run(until);
    });
  }

  #within(work: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      this.#heedOthers();
      work();
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#forget();
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /** Campaigns may have been joined or taken apart by another process since. */
  #heedOthers(): void {
    const version = this.#database.prepare('PRAGMA data_version').get()?.['data_version'];
    if (this.#version !== undefined && version !== this.#version) this.#forget();
    this.#version = version;
  }

  #forget(): void {
    this.#terms.forget();
    this.#campaigns.forget();
  }

  #addRecord(record: IndexRecord): boolean {
    return record.kind === 'session' ? this.#addSession(record) : this.#addMessage(record);
  }

  #addMessage(record: MessageRecord): boolean {
    const { kind, facts, contents, gap } = record;
    const print = contents?.print;
    const at = Date.parse(facts.receivedAt);
    const { changes, lastInsertRowid } = this.#entry.run({
      id: facts.id,
      kind: entryKinds[kind],
      at,
      intake: facts.intake,
      session: facts.evidence?.session ?? '',
      size: facts.size,
      sha256: facts.sha256,
      recipients: facts.envelope.to.length,
      gap: kept(gap),
      print: print === undefined ? null : bytesOf(print),
    });
    if (changes === 0) return false;
    const seq = Number(lastInsertRowid);
    this.#mentionAll(seq, mentionsOfMessage(record, this.#placeOf));
    for (const [place, { name, type, sha256, size }] of (contents?.attachments ?? []).entries()) {
      const [file, kindOfFile, hash] = [
        this.#terms.numberOf('file', name),
        this.#terms.numberOf('type', type),
        this.#terms.numberOf('hash', sha256),
      ];
      this.#attachment.run(seq, place, file, kindOfFile, hash, size);
    }
    if (print !== undefined) {
      const subject = kept(contents?.subject ?? '');
      this.#inCampaign.run(this.#campaigns.place({ id: facts.id, at, subject, print }), seq);
    }
    return true;
  }

  #addSession(record: SessionRecord): boolean {
    const { id, session } = record;
    const { changes, lastInsertRowid } = this.#entry.run({
      id,
      kind: entryKinds.session,
      at: Date.parse(session.closedAt),
      intake: session.intake,
      session: session.session,
      size: session.bytesIn,
      sha256: '',
      recipients: 0,
      gap: '',
      print: null,
    });
    if (changes > 0) this.#mentionAll(Number(lastInsertRowid), mentionsOfSession(record, this.#placeOf));
    return changes > 0;
  }

  #mentionAll(seq: number, mentions: readonly Mention[]): void {
    for (const [kind, value] of mentions) this.#mention.run(seq, this.#terms.numberOf(kind, value));
  }
}
