import { join } from 'node:path';
import { planDovecot, type DovecotPlan } from '../dovecot/plan-dovecot.ts';
import { mailAddress } from '../names.ts';
import { planPostfix, type PostfixPlan } from '../postfix/plan-postfix.ts';
import { quoted, wrongFlag } from '../wrong-flag.ts';

/** What the flags say, word for word. */
export interface Wishes {
  readonly user: string;
  readonly domains?: readonly string[] | undefined;
  readonly 'catch-all'?: string | undefined;
  readonly listen?: readonly string[] | undefined;
  readonly port?: string | undefined;
  readonly 'submission-port'?: string | undefined;
  readonly 'submissions-port'?: string | undefined;
  readonly 'imap-port'?: string | undefined;
  readonly 'imaps-port'?: string | undefined;
  readonly hostname?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly 'self-signed'?: boolean | undefined;
  readonly uid?: string | undefined;
  readonly gid?: string | undefined;
  readonly milter?: readonly string[] | undefined;
  readonly quota?: string | undefined;
  readonly compress?: boolean | undefined;
  readonly relayhost?: string | undefined;
  readonly 'relayhost-user'?: string | undefined;
  readonly 'relayhost-password-file'?: string | undefined;
}

/** A Postfix and a Dovecot that know each other, each an instance of its own below one folder. */
export interface MailServerPlan {
  readonly folders: { readonly postfix: string; readonly dovecot: string };
  readonly postfix: PostfixPlan;
  readonly dovecot: DovecotPlan;
}

export async function planMailServer(
  wishes: Wishes,
  folder: string,
  given: { readonly password: string | undefined; readonly now: Date },
): Promise<MailServerPlan> {
  const user =
    mailAddress(wishes.user) ?? wrongFlag('--user', `${quoted(wishes.user)} is no plain mail address.`, example);
  const folders = { postfix: join(folder, 'postfix'), dovecot: join(folder, 'dovecot') };
  const { listen, cert, key, 'self-signed': selfSigned, milter } = wishes;
  const tls = { cert, key, 'self-signed': selfSigned };
  const postfix = await planPostfix(
    {
      ...tls,
      mode: 'mailserver',
      domains: [...new Set([user.slice(user.indexOf('@') + 1), ...(wishes.domains ?? [])])],
      mailbox: [user],
      'catch-all': wishes['catch-all'],
      hostname: wishes.hostname,
      listen,
      port: wishes.port,
      'submission-port': wishes['submission-port'],
      'submissions-port': wishes['submissions-port'],
      milter,
      relayhost: wishes.relayhost,
      'relayhost-user': wishes['relayhost-user'],
      'relayhost-password-file': wishes['relayhost-password-file'],
      standalone: true,
    },
    folders.postfix,
    given.now,
  );
  const dovecot = await planDovecot(
    {
      ...tls,
      mode: 'mailserver',
      user,
      listen,
      'imap-port': wishes['imap-port'] ?? 'off',
      'imaps-port': wishes['imaps-port'],
      uid: wishes.uid,
      gid: wishes.gid,
      quota: wishes.quota,
      compress: wishes.compress,
      'postfix-queue': join(folders.postfix, 'queue'),
    },
    folders.dovecot,
    given,
  );
  return { folders, postfix, dovecot };
}

const example = 'Write an address such as adam@example.org.';
