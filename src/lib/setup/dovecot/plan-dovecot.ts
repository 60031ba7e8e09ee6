import { join } from 'node:path';
import type { Check } from '../ask-program.ts';
import { compareFiles, type ComparedFile } from '../compare-files.ts';
import { exitCodes, Fault } from '../../errors.ts';
import { refuseClosedFolders } from '../enterable.ts';
import { refuseTakenPorts } from '../taken-ports.ts';
import { hashPassword, newPassword } from '../mail/hash-password.ts';
import { checkConfiguration } from './check-configuration.ts';
import { commandsFor, type Commands } from './commands.ts';
import { dovecotFiles } from './dovecot-files.ts';
import { dovecotGroup, installedDialect, runAsCaller } from './installed.ts';
import { readSite } from './read-site.ts';
import { userFile } from './section-authentication.ts';
import type { Site } from './site.ts';
import type { Wishes } from './wishes.ts';

/** What would be done, and what is to be done by the operator then. Nothing has been written. */
export interface DovecotPlan {
  readonly site: Site;
  readonly files: readonly ComparedFile[];
  readonly checks: readonly Check[];
  readonly commands: Commands;
  /** The password of the first user, where it was made here and is not written down anywhere. */
  readonly made: { readonly user: string; readonly password: string } | undefined;
  /** The same, or the one that was given; undefined where there is a file of users already. */
  readonly login: { readonly user: string; readonly password: string } | undefined;
}

export async function planDovecot(
  wishes: Wishes,
  folder: string,
  { password: given, now }: { readonly password: string | undefined; readonly now: Date },
): Promise<DovecotPlan> {
  const runAs = runAsCaller();
  const site = readSite(wishes, { folder, runAs, installed: installedDialect() });
  if (site.place.is === 'own' && site.place.runAs.is === 'root') refuseClosedFolders('--out', site.place.folder);
  await refusePorts(site);
  const password = given ?? newPassword();
  const hash = site.user === undefined ? undefined : await hashPassword(password);
  const files = compareFiles(folder, await dovecotFiles(site, { now, hash, group: groupFor(site) }));
  const isFirst = files.some(({ file, state }) => file.name === userFile && state === 'new');
  const login = site.user !== undefined && isFirst ? { user: site.user, password } : undefined;
  return {
    site,
    files,
    checks: checkConfiguration(site.place.folder, site.dialect, files),
    commands: commandsFor(site),
    made: given === undefined ? login : undefined,
    login,
  };
}

/** The system's Dovecot may be running, and is to be reloaded. */
async function refusePorts({ place, ports, listen }: Site): Promise<void> {
  if (place.is === 'system') return;
  const wanted = Object.entries(ports)
    .filter((each): each is [string, number] => each[1] !== 'off')
    .map(([name, port]) => ({ flag: `--${name}-port`, port }));
  await refuseTakenPorts(wanted, listen, join(place.folder, 'run', 'master.pid'));
}

function groupFor({ place, system }: Site): number | undefined {
  if (place.is === 'own' && place.runAs.is === 'one') return undefined;
  const group = dovecotGroup();
  if (group !== undefined) return group;
  throw new Fault('This machine has no group "dovecot", to which alone the file of users may be shown.', {
    code: 'setup.no-dovecot',
    fix: `Install Dovecot first: ${system.install}.`,
    exit: exitCodes.usage,
  });
}
