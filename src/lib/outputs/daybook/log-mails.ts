import { createHash } from 'node:crypto';
import { removeMessages } from '../../maildir/change.ts';
import { Maildir } from '../../maildir/maildir.ts';
import { ownName, uniqueInName } from '../../maildir/name.ts';
import { storeSynced } from '../../maildir/store-synced.ts';
import type { DayReport } from './day-report.ts';
import type { Mailed } from './kept.ts';
import type { DaybookLayout } from './layout.ts';
import { composeLogMail } from './log-mail.ts';
import { stateVersion } from './state-file.ts';

const folder = 'logs';
const mostDays = 62;

export interface LogMailsSettings {
  readonly maildir: string;
  readonly layout: DaybookLayout;
  readonly now: () => number;
  /** A new word of letters and digits at each call. */
  readonly unique: () => string;
  readonly reportLink?: string | undefined;
}

/**
 * One mail for each day in the folder `logs`. A message on IMAP never changes: a new one comes, unread, and the one
 * before it goes, wherever a client has put it.
 */
export class LogMails {
  readonly #settings: LogMailsSettings;
  readonly #maildir: Maildir;
  #mailed: Map<string, Mailed> | undefined;

  constructor(settings: LogMailsSettings) {
    this.#settings = settings;
    this.#maildir = new Maildir(settings.maildir);
  }

  /** Writes the mail of the day anew, unless it says all of this already. */
  async write(report: DayReport): Promise<void> {
    const { layout, now, unique, reportLink } = this.#settings;
    const mailed = (this.#mailed ??= new Map(layout.mailed.take()?.days));
    const { day } = report;
    const before = mailed.get(day);
    const digest = createHash('sha256').update(JSON.stringify(report)).digest('hex');
    if (before?.digest === digest) return;

    const writtenAt = now();
    const name = `${prefixOf(day)}${unique()}`;
    const mail = composeLogMail({ report, unique: name, writtenAt, reportLink });
    await storeSynced(this.#maildir, folder, ownName(writtenAt, name, mail.length), [mail]);
    await this.#removeOthers(day, name, before);
    this.#remember(day, { digest, unique: name });
  }

  async #removeOthers(day: string, name: string, before: Mailed | undefined): Promise<void> {
    const isOther = (file: string) => {
      const unique = uniqueInName(file);
      return unique !== undefined && unique !== name && unique.startsWith(prefixOf(day));
    };
    const here = await removeMessages([this.#maildir.directoryOf(folder)], isOther);
    // Looking into every folder is dear where one has a million messages, and seldom needed.
    if (!here && before) await removeMessages(this.#maildir.directories(), isOther);
  }

  #remember(day: string, mailed: Mailed): void {
    const { layout } = this.#settings;
    const days = this.#mailed!;
    days.set(day, mailed);
    for (const oldest of [...days.keys()].sort().slice(0, -mostDays)) days.delete(oldest);
    layout.mailed.write({ version: stateVersion, days: [...days] });
  }
}

function prefixOf(day: string): string {
  return `logs-${day}-`;
}
