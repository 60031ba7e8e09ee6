import { join } from 'node:path';
import type { Check } from '../ask-program.ts';
import { compareFiles, type ComparedFile } from '../compare-files.ts';
import { checkConfiguration } from './check-configuration.ts';
import type { Command } from '../run-commands.ts';
import { commandsFor } from './commands.ts';
import { postfixFiles } from './postfix-files.ts';
import { readSite } from './read-site.ts';
import type { Site } from './site.ts';
import { testCommands, type TestCommand } from './test-commands.ts';
import { refuseClosedFolders } from '../enterable.ts';
import { refuseTakenPorts } from '../taken-ports.ts';
import type { Wishes } from './wishes.ts';

/** What would be done, and what is to be done by the operator then. Nothing has been written. */
export interface PostfixPlan {
  readonly site: Site;
  readonly files: readonly ComparedFile[];
  readonly checks: readonly Check[];
  /** Where Postfix reads its configuration on this kind of system. */
  readonly home: string;
  readonly reload: string;
  readonly restart: string;
  /** To be done once, before the first start. */
  readonly prepare: readonly Command[];
  readonly tests: readonly TestCommand[];
}

export async function planPostfix(wishes: Wishes, folder: string, now: Date): Promise<PostfixPlan> {
  const site = readSite(wishes, folder);
  if (site.instance !== undefined) refuseClosedFolders('--out', site.instance);
  await refusePorts(site);
  const files = compareFiles(folder, await postfixFiles(site, now));
  const home = site.instance ?? site.system.configuration;
  const { reload, restart, prepare } = commandsFor(site);
  return {
    site,
    files,
    checks: checkConfiguration(folder, files),
    home,
    reload,
    restart,
    prepare,
    tests: testCommands(site),
  };
}

/** The system's Postfix may be running, and is to be reloaded. */
async function refusePorts({ instance, ports, listen }: Site): Promise<void> {
  if (instance === undefined) return;
  const flags = { smtp: '--port', submission: '--submission-port', submissions: '--submissions-port' } as const;
  const wanted = Object.entries(ports)
    .filter((each): each is [keyof typeof flags, number] => each[1] !== 'off')
    .map(([name, port]) => ({ flag: flags[name], port }));
  await refuseTakenPorts(wanted, listen, join(instance, 'queue', 'pid', 'master.pid'));
}
