import { onTestFinished } from 'vitest';
import { launchMailDovecot, type MailDovecot, type MailDovecotOptions } from './launch-mail-dovecot.ts';

export type { MailDovecot, MailDovecotOptions } from './launch-mail-dovecot.ts';

/** A Dovecot for the test that runs. It ends with it. */
export function startMailDovecot(options: MailDovecotOptions): Promise<MailDovecot> {
  return launchMailDovecot(options, onTestFinished);
}
