import { Command } from '@oclif/core';
import { userInfo } from 'node:os';
import { dataDirFlags, flagTexts, jsonFlag } from './flags.ts';
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

  /** Who decides; the story of a probe names them. */
  protected get operator(): string {
    // A user without an entry of its own, as containers have.
    try {
      return userInfo().username;
    } catch {
      return `uid ${process.getuid?.() ?? 'unknown'}`;
    }
  }
}
