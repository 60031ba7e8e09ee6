import { Command } from '@oclif/core';
import { dataDirFlags, flagTexts, jsonFlag } from './flags.ts';
import { operator } from './lib/assembly/operator.ts';
import { loadConfig } from './lib/config/load.ts';
import type { Settings } from './lib/config/schema.ts';

/** What the commands for probes have in common. */
export abstract class ProbeCommand extends Command {
  static override baseFlags = { ...dataDirFlags, json: jsonFlag };

  protected settingsOf(given: {
    readonly config?: string | undefined;
    readonly 'data-dir'?: string | undefined;
  }): Settings {
    return loadConfig({ config: given.config, flags: flagTexts(given, { 'data-dir': 'dataDir' }) }).settings;
  }

  protected async toolsFor(settings: Settings) {
    const { ProbeTools } = await import('./lib/assembly/probe-tools.ts');
    return new ProbeTools(settings);
  }

  protected get operator(): string {
    return operator();
  }
}
