import type { ExitCode } from '../../errors.ts';
import type { Site } from '../../setup/dovecot/site.ts';
import type { ShownAs } from '../steps/show-steps.ts';
import { dovecotTargets, startableDovecot } from './dovecot-targets.ts';
import { imapSteps } from './imap-steps.ts';
import { pop3Steps } from './pop3-steps.ts';
import type { Login } from './target.ts';
import { withServers } from './temporary-server.ts';
import { verify, type Verified } from './verify.ts';

/** A Dovecot that was just set up, from outside. It is started for that when it does not run. */
export function verifyDovecot(site: Site, login: Login | undefined, shown: ShownAs): Promise<ExitCode> {
  const { imap, pop3 } = dovecotTargets(site, login);
  // Nothing is put into the maildir of a sensor but by the sensor.
  const trial = site.mode === 'monitor' ? 'looking only' : 'with a message';
  const all: Verified[] = [
    { subject: 'Dovecot', type: 'imap', examination: imapSteps(imap, trial, ['INBOX']) },
    ...(pop3 ? [{ subject: 'Dovecot', type: 'pop3', examination: pop3Steps(pop3) }] : []),
  ];
  return withServers(site.place.is === 'own' ? [startableDovecot(site, imap)] : [], () => verify(all, shown));
}
