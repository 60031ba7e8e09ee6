import { Command } from '@oclif/core';
import { configFlag, jsonFlag } from './flags.ts';
import { loadConfig } from './lib/config/load.ts';

/** What the commands have in common that look at a cluster: they need no sensor that runs here. */
export abstract class ClusterCommand extends Command {
  static override baseFlags = { config: configFlag, json: jsonFlag };

  protected settings(flags: { readonly config: string | undefined }) {
    return loadConfig({ config: flags.config }).settings;
  }
}
