import { Command } from '@oclif/core';
import { configuredDataDir, dataDirFlags, jsonFlag } from './flags.ts';
import { exitCodes } from './lib/errors.ts';
import { printable } from './lib/text/printable.ts';

type Given = Parameters<typeof configuredDataDir>[0];

interface Reloaded {
  readonly what: string;
  readonly done: boolean;
  readonly detail: string;
}

/** What the commands have in common that speak to one that runs. */
export abstract class RunningCommand extends Command {
  static override baseFlags = { ...dataDirFlags, json: jsonFlag };

  protected async ask<Answer>(flags: Given, what: string): Promise<Answer> {
    const { running } = await import('./lib/assembly/control/running.ts');
    const client = await running(configuredDataDir(flags));
    try {
      return await client.ask<Answer>(what);
    } finally {
      client.close();
    }
  }

  /** Has something read anew, and says of each thing what came of it. */
  protected async reload(flags: Given & { readonly json: boolean }, what: 'reload' | 'rules.reload'): Promise<void> {
    const all = await this.ask<readonly Reloaded[]>(flags, what);
    for (const one of all) {
      const line = `${one.what}: ${one.done ? '' : 'not taken: '}${printable(one.detail)}`;
      this.log(flags.json ? JSON.stringify(one) : line);
    }
    if (all.some(({ done }) => !done)) process.exitCode = exitCodes.partly;
  }
}
