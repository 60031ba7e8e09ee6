import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Fingerprint } from '../../likeness/fingerprint.ts';
import { campaignCode } from './code.ts';
import type { Decision } from './decisions.ts';
import { Likes } from './likes.ts';

/** A message as campaigns see it. */
export interface Member {
  readonly id: string;
  readonly at: number;
  readonly subject: string;
  readonly print: Fingerprint;
}

/** From here on two messages are one campaign: see the decision record for how often that is right. */
const alike = 0.45;
/** A message that is less like the founder than this shows another side of the campaign, by which others are found. */
const sameSide = 0.7;
const mostSides = 6;

/** Finds the campaign of each message as it comes, or founds one. */
export class CampaignBook {
  readonly #likes: Likes;
  readonly #insert: StatementSync;
  readonly #count: StatementSync;
  readonly #sides: StatementSync;
  readonly #byCode: StatementSync;
  /** Codes of campaigns to which people gave a message. */
  readonly #given = new Map<string, string>();

  constructor(database: DatabaseSync) {
    this.#likes = new Likes(database);
    this.#insert = database.prepare(
      `INSERT INTO campaigns (code, name, size, first, last, sample, joined)
       VALUES (:code, :name, :size, :first, :last, :sample, :joined) ON CONFLICT DO NOTHING`,
    );
    this.#count = database.prepare(
      `UPDATE campaigns SET size = size + 1, first = min(first, :at), last = max(last, :at),
         sample = iif(sample = '', :subject, sample) WHERE campaign = :campaign`,
    );
    this.#sides = database.prepare('SELECT count(*) AS sides FROM likes WHERE campaign = ?');
    this.#byCode = database.prepare('SELECT coalesce(joined, campaign) AS number FROM campaigns WHERE code = ?');
  }

  place({ id, at, subject, print }: Member): number {
    const given = this.#givenTo(id);
    if (given !== undefined) {
      this.#count.run({ at, subject, campaign: given });
      return given;
    }
    const nearest = this.#likes.nearest(print);
    if (nearest === undefined || nearest.likeness < alike) return this.#found({ id, at, subject, print });
    const { campaign, isFounder, likeness } = nearest;
    this.#count.run({ at, subject, campaign });
    // Only what is like the founder stands for its campaign: no chain leads from one to another.
    if (isFounder && likeness < sameSide && Number(this.#sides.get(campaign)!['sides']) < mostSides) {
      this.#likes.add({ campaign, isFounder: false, print });
    }
    return campaign;
  }

  /** Campaigns of which people said something are there before their first message comes. */
  recall(decisions: readonly Decision[]): void {
    for (const { code, name, prints, joined, members } of decisions) {
      for (const id of members) this.#given.set(id, code);
      const campaign = this.#add({ ...notYet, code, name, joined: null });
      if (campaign === undefined) continue;
      for (const print of prints) this.#likes.add({ campaign, isFounder: true, print });
      for (const former of joined) this.#add({ ...notYet, code: former, name: '', joined: campaign });
    }
  }

  /** Somebody else changed what belongs to whom. */
  forget(): void {
    this.#likes.forget();
  }

  #found({ id, at, subject, print }: Member): number {
    for (let length = 7; ; length++) {
      const row = { code: campaignCode(id, length), name: '', size: 1, first: at, last: at, sample: subject };
      const campaign = this.#add({ ...row, joined: null });
      if (campaign === undefined) continue;
      this.#likes.add({ campaign, isFounder: true, print });
      return campaign;
    }
  }

  #givenTo(id: string): number | undefined {
    const code = this.#given.get(id);
    const number = code === undefined ? undefined : this.#byCode.get(code)?.['number'];
    return number === undefined ? undefined : Number(number);
  }

  /** Undefined when there is one of that code. */
  #add(row: Readonly<Record<string, string | number | null>>): number | undefined {
    const { changes, lastInsertRowid } = this.#insert.run(row);
    return changes === 0 ? undefined : Number(lastInsertRowid);
  }
}

const notYet = { size: 0, first: Number.MAX_SAFE_INTEGER, last: 0, sample: '' };
