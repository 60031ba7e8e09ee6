import type { Dialect } from './dialect.ts';
import { block, setting, type Entry, type Section } from './settings.ts';
import type { MailStore, Owner, Site } from './site.ts';

export function mail(site: Site, dialect: Dialect): Section {
  return { file: '10-mail', title: 'Where mail is, and whose it is', entries: [...entries(site, dialect)] };
}

function entries(site: Site, dialect: Dialect): readonly Entry[] {
  switch (site.mode) {
    case 'monitor': {
      const store: MailStore = { kind: 'maildir', path: site.maildir };
      return [...dialect.store(store, 'The maildir of the sensor.'), ...onlyOwner(site.owner)];
    }
    case 'mailbox':
      return [...dialect.store(site.store, 'Below the home of each user.'), ...ownersOf(site)];
    case 'mailserver':
      return [
        ...dialect.store({ kind: 'maildir', path: '~/mail' }, 'Below the home of each user.'),
        ...onlyOwner(site.owner),
        ...limits(site, dialect),
      ];
  }
}

function ownersOf({ source, store, place }: Extract<Site, { readonly mode: 'mailbox' }>): readonly Entry[] {
  const owner = source.kind === 'pam' ? [] : onlyOwner(source.owner);
  if (store.kind === 'maildir' || (place.is === 'own' && place.runAs.is === 'one')) return owner;
  return [...owner, setting('mail_privileged_group', 'mail', 'Locks beside the inbox need the group of its folder.')];
}

/** Dovecot reads mail as nobody but him; in particular never as root. */
function onlyOwner({ uid, gid }: Owner): readonly Entry[] {
  return [
    setting('first_valid_uid', uid, 'Mail is read as this user alone, whatever a user’s line says.'),
    setting('last_valid_uid', uid, 'The same.'),
    setting('first_valid_gid', gid, 'And with this group.'),
    setting('last_valid_gid', gid, 'The same.'),
  ];
}

function limits(site: Extract<Site, { readonly mode: 'mailserver' }>, dialect: Dialect): readonly Entry[] {
  const plugins = [...(site.quota ? ['quota'] : []), ...(site.compresses ? [dialect.compressingPlugin] : [])];
  if (plugins.length === 0) return [];
  return [
    dialect.plugins(plugins, 'What the settings below belong to.'),
    ...(site.quota ? dialect.quota(site.quota, 'What each user may keep.') : []),
    ...(site.compresses ? dialect.compression('New mail is stored compressed; old mail stays as it is.') : []),
    ...(site.quota
      ? [block('protocol imap', dialect.plugins(['imap_quota'], 'Mail programs show what is left.'))]
      : []),
  ];
}

/** Folders as all mail programs name them. */
const special = [
  ['Drafts', String.raw`\Drafts`],
  ['Junk', String.raw`\Junk`],
  ['Sent', String.raw`\Sent`],
  ['Trash', String.raw`\Trash`],
  ['Archive', String.raw`\Archive`],
] as const;

export function folders(site: Site): Section {
  const made = site.mode === 'monitor' ? [] : special.map(([name, use]) => folder(name, use));
  return {
    file: '15-mailboxes',
    title: 'Folders',
    entries: [
      block(
        'namespace inbox',
        setting('inbox', 'yes', 'The only one.'),
        setting('separator', '/', 'Between the names of folders, whatever they are called on disk.'),
        ...made,
      ),
    ],
  };
}

function folder(name: string, use: string): Entry {
  return block(
    `mailbox ${name}`,
    setting('special_use', use, 'Mail programs find it, in whatever language they show it.'),
    setting('auto', name === 'Archive' ? 'no' : 'subscribe', 'Made when it is first needed.'),
  );
}
