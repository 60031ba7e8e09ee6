import { Command } from '@oclif/core';
import { configFlag, flagTexts, listText, ownAddressFlag, ownHostFlag, settingFlag } from './flags.ts';
import type { LoadedRules } from './lib/assembly/rules/rule-file.ts';
import type { GivenNames } from './lib/assembly/rules/own-names.ts';
import { loadConfig } from './lib/config/load.ts';
import type { Settings } from './lib/config/schema.ts';

export const rulesFlags = { config: configFlag, rules: settingFlag('rules.file') };

/** For commands that ask the rules about messages that are stored. */
export const ownNameFlags = { 'own-address': ownAddressFlag, 'own-host': ownHostFlag };

interface Given {
  readonly config: string | undefined;
  readonly rules: string | undefined;
  readonly 'data-dir'?: string | undefined;
  readonly 'own-address'?: readonly string[] | undefined;
  readonly 'own-host'?: readonly string[] | undefined;
}

/** What the commands share that work with rules. */
export abstract class RulesCommand extends Command {
  protected async loadRules(given: Given): Promise<LoadedRules> {
    const { loadRules } = await import('./lib/assembly/rules/rule-file.ts');
    const { file } = this.settingsOf(given).rules;
    return loadRules(file, given.rules === undefined ? 'rules.file' : '--rules');
  }

  protected ownNames(given: Given): GivenNames {
    const { rules, relay } = this.settingsOf(given);
    return { addresses: rules.ownAddresses ?? [], hosts: [relay.hostname, ...(rules.ownHosts ?? [])] };
  }

  protected settingsOf(given: Given): Settings {
    const flags = {
      ...flagTexts({ ...given }, { rules: 'rules.file', 'data-dir': 'dataDir' }),
      ...listText('--own-address', 'rules.ownAddresses', given['own-address']),
      ...listText('--own-host', 'rules.ownHosts', given['own-host']),
    };
    return loadConfig({ config: given.config, flags }).settings;
  }
}
