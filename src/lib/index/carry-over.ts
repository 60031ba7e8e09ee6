import type { DatabaseSync } from 'node:sqlite';

/**
 * Takes over from an older database what the journal no longer has: everything before an id. Campaigns come along with
 * all that belongs to them, so that those who are known stay known. Numbers stay as they are: the new one is empty.
 */
export function carryOver(database: DatabaseSync, older: string, before: string): number {
  database.prepare('ATTACH ? AS older').run(older);
  try {
    database.exec('BEGIN IMMEDIATE');
    database.prepare('INSERT INTO entries SELECT * FROM older.entries WHERE id < ?').run(before);
    database.exec(`
      INSERT INTO mentions SELECT * FROM older.mentions WHERE entry IN (SELECT seq FROM entries);
      INSERT INTO attachments SELECT * FROM older.attachments WHERE entry IN (SELECT seq FROM entries);
      INSERT INTO terms SELECT * FROM older.terms WHERE term IN
        (SELECT term FROM mentions UNION SELECT file FROM attachments UNION SELECT type FROM attachments
         UNION SELECT hash FROM attachments);
      INSERT INTO campaigns SELECT * FROM older.campaigns WHERE name != '' OR joined IS NOT NULL OR campaign IN
        (SELECT campaign FROM entries UNION SELECT joined FROM older.campaigns);
      INSERT INTO likes SELECT * FROM older.likes WHERE campaign IN (SELECT campaign FROM campaigns);
      INSERT INTO likeRows SELECT * FROM older.likeRows WHERE likeness IN (SELECT likeness FROM likes);
      UPDATE campaigns SET
        size = (SELECT count(*) FROM entries WHERE entries.campaign = campaigns.campaign),
        first = coalesce((SELECT min(at) FROM entries WHERE entries.campaign = campaigns.campaign), first),
        last = coalesce((SELECT max(at) FROM entries WHERE entries.campaign = campaigns.campaign), 0);
      UPDATE progress SET entries = (SELECT count(*) FROM entries);
      COMMIT`);
    return Number(database.prepare('SELECT entries FROM progress').get()!['entries']);
  } finally {
    if (database.isTransaction) database.exec('ROLLBACK');
    database.exec('DETACH older');
  }
}
