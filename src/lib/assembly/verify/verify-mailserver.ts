import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { ExitCode } from '../../errors.ts';
import type { ClientTls } from '../../net/dial.ts';
import type { MailServerPlan } from '../../setup/mailserver/plan-mailserver.ts';
import { usualPath } from '../../setup/ask-program.ts';
import { selfSignedFile } from '../../setup/postfix/main-cf.ts';
import type { MailServer } from '../../setup/postfix/site.ts';
import type { ShownAs } from '../steps/show-steps.ts';
import { deliverySteps } from './delivery-steps.ts';
import { dovecotTargets, pinned, reachableHost, startableDovecot } from './dovecot-targets.ts';
import { imapSteps } from './imap-steps.ts';
import { smtpSteps } from './smtp-steps.ts';
import type { Login, Target } from './target.ts';
import { withServers, type Startable } from './temporary-server.ts';
import { verify } from './verify.ts';

/** A mail server that was just set up, from outside: each part, and mail through all of it. */
export function verifyMailServer(plan: MailServerPlan, login: Login, shown: ShownAs): Promise<ExitCode> {
  const site = plan.postfix.site as MailServer;
  const { imap } = dovecotTargets(plan.dovecot.site, login);
  const tls = certificateOf(site, plan.folders.postfix);
  const host = reachableHost(site.listen);
  const smtp: Target = { host, port: site.ports.smtp, security: 'starttls', tls, login: undefined };
  const submission = submissionOf(site, { host, tls, login });
  const spam = site.milters.length > 0 ? 'filtered' : 'not filtered';
  const look = { from: 'verify@verify.invalid', to: undefined, stranger: 'somebody@elsewhere.invalid' };
  const servers = [startablePostfix(plan.folders.postfix, smtp), startableDovecot(plan.dovecot.site, imap)];
  return withServers(servers, () =>
    verify(
      [
        { subject: 'Postfix', type: 'smtp', examination: smtpSteps(smtp, look) },
        { subject: 'Dovecot', type: 'imap', examination: imapSteps(imap, 'with a message', ['INBOX', 'Junk', 'Sent']) },
        {
          subject: 'mail',
          type: 'from end to end',
          examination: deliverySteps({ smtp, submission, imap, login, spam }),
        },
      ],
      shown,
    ),
  );
}

function submissionOf(
  { ports }: MailServer,
  place: { readonly host: string; readonly tls: ClientTls; readonly login: Login },
): Target {
  if (ports.submissions !== 'off') return { ...place, port: ports.submissions, security: 'implicit' };
  return { ...place, port: ports.submission === 'off' ? ports.smtp : ports.submission, security: 'starttls' };
}

function certificateOf({ tls }: MailServer, folder: string): ClientTls {
  if (tls.is === 'none') return {};
  return pinned(tls.is === 'files' ? tls.cert : join(folder, selfSignedFile));
}

/** Its master itself: the script that usually starts it would leave it running. */
function startablePostfix(folder: string, { host, port }: Target): Startable {
  const words = ['-c', folder, '-h', 'daemon_directory'];
  const { stdout } = spawnSync('postconf', words, { encoding: 'utf8', env: { PATH: usualPath, LC_ALL: 'C' } });
  return { command: [join(stdout.trim(), 'master'), '-c', folder, '-d'], host, port };
}
