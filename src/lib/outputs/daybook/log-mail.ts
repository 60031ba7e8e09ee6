import { quotedPrintable } from '../../text/quoted-printable.ts';
import { mailDate } from '../../text/time.ts';
import type { DayReport } from './day-report.ts';
import { reportText } from './report-text.ts';

export interface LogMail {
  readonly report: DayReport;
  /** What tells this mail from all others: letters, digits and `-`. */
  readonly unique: string;
  readonly writtenAt: number;
  /** Where a report of the day is; {day} stands for it. */
  readonly reportLink?: string | undefined;
}

/** The mail of a day: for people a text, for programs the same figures as JSON. */
export function composeLogMail({ report, unique, writtenAt, reportLink }: LogMail): Buffer {
  const host = report.sensor.replaceAll(/[^\w.-]/g, '-');
  const boundary = `=_${unique}`;
  const lines = [
    `From: spamtrap <spamtrap@${host}>`,
    `To: spamtrap <spamtrap@${host}>`,
    `Subject: Logs from ${report.day}`,
    `Date: ${mailDate(writtenAt)}`,
    `Message-ID: <${unique}@${host}>`,
    'MIME-Version: 1.0',
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    quotedPrintable(`${linkText(reportLink, report)}${reportText(report)}`),
    `--${boundary}`,
    'Content-Type: application/json; name="day.json"',
    'Content-Disposition: attachment; filename="day.json"',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    quotedPrintable(`${asciiJson(report)}\n`),
    `--${boundary}--`,
    '',
  ];
  return Buffer.from(lines.join('\r\n'), 'latin1');
}

function linkText(link: string | undefined, { day }: DayReport): string {
  return link === undefined ? '' : `Report: ${link.replaceAll('{day}', day)}\n\n`;
}

function asciiJson(value: object): string {
  return JSON.stringify(value, undefined, 2).replaceAll(
    /[^\x00-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
