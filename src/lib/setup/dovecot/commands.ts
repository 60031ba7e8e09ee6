import { join } from 'node:path';
import { sieveFile } from './section-delivery.ts';
import type { Site } from './site.ts';

/** What the operator says to this machine so that Dovecot runs with these files. */
export interface Commands {
  readonly start: string;
  readonly reload: string;
  /** To be done once after files were written. */
  readonly afterwards: readonly string[];
}

export function commandsFor(site: Site): Commands {
  const { place, system } = site;
  const afterwards = [...compileSieve(site), ...makeDatabase(site), ...enableAtBoot(site)];
  if (place.is === 'system') return { start: system.restart, reload: system.reload, afterwards };
  const configuration = join(place.folder, 'dovecot.conf');
  return {
    start: `dovecot -F -c ${configuration}`,
    reload: `doveadm -c ${configuration} reload`,
    afterwards,
  };
}

function compileSieve({ mode, place }: Site): string[] {
  if (mode !== 'mailserver') return [];
  return [`sievec -c ${join(place.folder, 'dovecot.conf')} ${join(place.folder, sieveFile)}`];
}

function makeDatabase(site: Site): string[] {
  if (site.mode !== 'mailbox' || site.source.kind !== 'sql') return [];
  const { database } = site.source;
  const schema = join(site.place.folder, 'users.sql');
  switch (database.kind) {
    case 'sqlite':
      return [`sqlite3 ${database.path} < ${schema}`];
    case 'mysql':
      return [`mysql -h ${database.host} ${database.name} < ${schema}`];
    case 'pgsql':
      return [`psql -h ${database.host} -d ${database.name} -f ${schema}`];
  }
}

function enableAtBoot({ place, system }: Site): string[] {
  return place.is === 'system' && system.name === 'freebsd' ? ['sysrc dovecot_enable=YES'] : [];
}
