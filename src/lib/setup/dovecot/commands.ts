import { dirname, join } from 'node:path';
import type { Command } from '../run-commands.ts';
import { sieveFile } from './section-delivery.ts';
import type { ServerDatabase, Site } from './site.ts';

/** What the operator says to this machine so that Dovecot runs with these files. */
export interface Commands {
  /** After files were written, and before the first start. */
  readonly prepare: readonly Command[];
  /** What is the operator's own to do. */
  readonly further: readonly string[];
  readonly start: string;
  readonly reload: string;
}

export function commandsFor(site: Site): Commands {
  const { place, system } = site;
  const prepare = [...makeHomes(site), ...compileSieve(site)];
  const further = [...makeDatabase(site), ...enableAtBoot(site)];
  if (place.is === 'system') return { prepare, further, start: system.restart, reload: system.reload };
  const configuration = join(place.folder, 'dovecot.conf');
  return {
    prepare,
    further,
    start: `dovecot -F -c ${configuration}`,
    reload: `doveadm -c ${configuration} reload`,
  };
}

/** The folder below which users get theirs, as soon as there is mail for them. */
function makeHomes(site: Site): Command[] {
  if (site.mode === 'mailserver') return [makeFolder(site.home, site.owner)];
  if (site.mode === 'monitor' || site.source.kind === 'pam' || site.source.home === undefined) return [];
  const { home, owner } = site.source;
  const inboxes = site.store.kind === 'mbox' && site.place.is === 'own' ? [dirname(site.store.inbox)] : [];
  return [dirname(home), ...inboxes].map((path) => makeFolder(path, owner));
}

function makeFolder(path: string, { uid, gid }: { readonly uid: number; readonly gid: number }): Command {
  return ['install', '-d', '-o', String(uid), '-g', String(gid), '-m', '0750', path];
}

function compileSieve({ mode, place }: Site): Command[] {
  if (mode !== 'mailserver') return [];
  return [['sievec', '-c', join(place.folder, 'dovecot.conf'), join(place.folder, sieveFile)]];
}

function makeDatabase(site: Site): string[] {
  if (site.mode !== 'mailbox' || site.source.kind !== 'sql') return [];
  const { database } = site.source;
  const schema = join(site.place.folder, 'users.sql');
  switch (database.kind) {
    case 'sqlite':
      return [`sqlite3 ${database.path} < ${schema}`];
    case 'mysql':
      return [`mysql -h ${database.host}${portFlag('-P', database)} ${database.name} < ${schema}`];
    case 'pgsql':
      return [`psql -h ${database.host}${portFlag('-p', database)} -d ${database.name} -f ${schema}`];
  }
}

function portFlag(flag: string, { port }: ServerDatabase): string {
  return port === undefined ? '' : ` ${flag} ${port}`;
}

function enableAtBoot({ place, system }: Site): string[] {
  return place.is === 'system' && system.name === 'freebsd' ? ['sysrc dovecot_enable=YES'] : [];
}
