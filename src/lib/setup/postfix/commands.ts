import type { Command } from '../run-commands.ts';
import type { Site } from './site.ts';

/** What the operator says to this machine so that Postfix runs with these files. */
export interface Commands {
  /** Before the first start. */
  readonly prepare: readonly Command[];
  readonly reload: string;
  readonly restart: string;
}

export function commandsFor({ instance, system }: Site): Commands {
  if (instance === undefined) return { prepare: [], reload: system.reload, restart: system.restart };
  return {
    // The folders of the queue it makes by itself, with the owners that they must have.
    prepare: [
      ['install', '-d', `${instance}/queue`],
      ['install', '-d', '-o', 'postfix', `${instance}/data`],
      ['postfix', '-c', instance, 'check'],
    ],
    reload: `postfix -c ${instance} reload`,
    restart: `postfix -c ${instance} start`,
  };
}
