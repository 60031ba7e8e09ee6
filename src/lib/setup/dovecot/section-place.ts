import { join } from 'node:path';
import { block, setting, type Entry, type Section } from './settings.ts';
import type { Place, Site } from './site.ts';

/** Where Dovecot keeps its own things, and who its processes are. */
export function place(site: Site): Section {
  return { file: '05-place', title: 'Place and processes', entries: [...folders(site.place), ...common] };
}

const common: readonly Entry[] = [
  setting('mail_max_userip_connections', 20, 'One client cannot have everything.'),
  setting('auth_failure_delay', '2 secs', 'Passwords are not guessed at speed.'),
];

function folders(where: Place): readonly Entry[] {
  if (where.is === 'system') return [];
  const { folder, runAs } = where;
  return [
    setting('base_dir', join(folder, 'run'), 'An instance of its own: nothing outside this folder is touched.'),
    setting('state_dir', join(folder, 'state'), 'The same.'),
    setting('instance_name', `spamtrap-${folder.replaceAll(/[^\w.-]+/g, '-')}`, 'How doveadm tells instances apart.'),
    setting('log_path', '/dev/stderr', 'It runs in the foreground; what it says goes where it was started.'),
    ...(runAs.is === 'root' ? [] : ownProcesses(runAs)),
  ];
}

// Whoever is not root can neither change to other users nor lock processes up in a folder.
function ownProcesses({ user, group }: { readonly user: string; readonly group: string }): readonly Entry[] {
  const free = ['imap-login', 'pop3-login', 'anvil', 'stats', 'imap-urlauth-login'];
  return [
    setting('default_internal_user', user, 'Without root all processes are yours.'),
    setting('default_internal_group', group, 'The same.'),
    setting('default_login_user', user, 'The same.'),
    ...free.map((name) =>
      block(`service ${name}`, setting('chroot', '', 'Only root can lock a process up in a folder.')),
    ),
  ];
}
