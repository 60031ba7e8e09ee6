import type { LogLine } from './foreground.ts';

/** What became of a message or a folder, as Dovecot's mail_log has it. */
export interface MailLogEntry {
  /** When the server logged it, in milliseconds since 1970: before it told the client that it is done. */
  readonly at: number;
  readonly user: string;
  /** By which of its services: `imap`, `pop3` or `lmtp`. What `doveadm` does it logs elsewhere. */
  readonly service: string;
  readonly event: string;
  readonly uid: number | undefined;
  readonly box: string;
  readonly msgid: string;
  readonly flags: readonly string[];
}

/** The start of every line: seconds and microseconds, which is what `log_timestamp` is set to. */
export const timestampFormat = '%s.%{usecs} ';

const entry =
  /^(\d+)\.(\d{6}) ([\w-]+)\(([^)]*)\)(?:<[^>]*>)*: Info: (delete|undelete|expunge|save|copy from [^:]*|copy|flag_change|mailbox_\w+): (.*)$/;

export function parseMailLog(lines: readonly LogLine[]): MailLogEntry[] {
  return lines.flatMap(({ text }) => {
    const found = entry.exec(text);
    if (!found) return [];
    const [, seconds, micros, service, user, event, rest] = found as unknown as string[];
    const uid = /(?:^|, )uid=(\d+)/.exec(rest!)?.[1];
    return [
      {
        at: Number(seconds) * 1_000 + Number(micros) / 1_000,
        user: user!,
        service: service!,
        event: event!.split(' ', 1)[0]!,
        uid: uid === undefined ? undefined : Number(uid),
        box: /(?:^|, )box=(.*?)(?=, (?:uid|msgid|size|flags)=|$)/.exec(rest!)?.[1] ?? rest!.replace(/^Mailbox /, ''),
        msgid: /, msgid=(.*?)(?=, (?:size|flags)=|$)/.exec(rest!)?.[1] ?? '',
        flags: (/, flags=\(([^)]*)\)/.exec(rest!)?.[1] ?? '').split(' ').filter((flag) => flag !== ''),
      },
    ];
  });
}
