import { peer } from '../support/peers.ts';
import { canStartPostfix, startPostfix, type Postfix } from '../support/real-postfix.ts';
import type { Sensor } from '../support/sensor.ts';
import { unless } from './left-out.ts';

/** `describe` for tests that start a Postfix of their own. */
export const withPostfix = (...others: readonly string[]) =>
  canStartPostfix ? peer('postfix', ...others) : unless(['only root can start Postfix']);

/** Postfix that hands everything on as it came, to the sensor at this place. */
export function postfixBefore(
  place: { readonly port: number } | { readonly path: string },
  settings: Readonly<Record<string, string | number>> = {},
): Promise<Postfix> {
  const transport =
    'port' in place ? (`lmtp:inet:127.0.0.1:${place.port}` as const) : (`lmtp:unix:${place.path}` as const);
  return startPostfix({
    transport,
    settings: {
      // What comes from this machine is otherwise completed and rewritten.
      local_header_rewrite_clients: '',
      // A longer line would be broken on the way.
      lmtp_line_length_limit: 0,
      message_size_limit: 60_000_000,
      mailbox_size_limit: 0,
      lmtp_send_xforward_command: 'yes',
      // It otherwise slows down who is faster than the disk.
      in_flow_delay: 0,
      // It warns when more comes in than goes out.
      qmgr_clog_warn_time: 0,
      ...settings,
    },
  });
}

/** Resolves when so many messages have been kept, however long that takes as long as it goes on. */
export async function accepted(sensor: Sensor, count: number): Promise<void> {
  for (let so = 1; so < count; so += 500) await sensor.times('capture.accepted', so);
  await sensor.times('capture.accepted', count);
}

export interface Delivered {
  readonly recipient: string;
  readonly queueId: string;
}

/** What Postfix has been promised, from its log. */
export function promised(postfix: Postfix): Delivered[] {
  return postfix.log().flatMap((line) => {
    const [, recipient, queueId] = /: to=<([^>]*)>.* status=sent \(.*queued as (\w+)\)/.exec(line) ?? [];
    if (recipient === undefined || queueId === undefined) return [];
    // The log is read one character for each byte.
    return [{ recipient: Buffer.from(recipient, 'latin1').toString('utf8'), queueId }];
  });
}

/** On a busy machine a file may seem to be younger than now. */
const aboutTheClock = /file system clock is|resetting file time stamps/;

export function notSent(postfix: Postfix): string[] {
  return postfix
    .log()
    .filter((line) => / status=(?!sent)| (?:warning|error|fatal|panic): /.test(line))
    .filter((line) => !aboutTheClock.test(line));
}
