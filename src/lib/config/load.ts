import { configuration } from './configuration.ts';
import { createFaultList, type FaultList } from '../document/faults.ts';
import { environmentLayer } from './environment.ts';
import { findConfigFile } from './find.ts';
import { flagLayer, type FlagTexts } from './layer.ts';
import { type Machine, thisMachine } from './machine.ts';
import { schema, type EntrySettingKey, type SettingKey, type Settings } from './schema.ts';
import { settle, type Settled } from './settle/settle.ts';
import type { Effective, Group } from './words/setting.ts';
import { readYaml } from '../document/yaml/read.ts';

export interface LoadOptions {
  /** What `--config` named. */
  readonly config?: string | undefined;
  readonly flags?: FlagTexts | undefined;
  /** Variables that begin with `SPAMTRAP_` and are no settings, beside those that every command has. */
  readonly knownVariables?: readonly string[] | undefined;
  readonly machine?: Machine | undefined;
}

/** The configuration of this program as it takes effect, and where every part of it comes from. */
export interface Loaded<S = Settings> extends Settled<S> {
  /** The file that was read, as an absolute path. */
  readonly file: string | undefined;
}

export function loadConfig(
  options: LoadOptions & { readonly flags?: FlagTexts<SettingKey | EntrySettingKey> | undefined } = {},
): Loaded {
  return load(schema, options);
}

/** Throws one DocumentFault that names everything that is wrong. */
export function load<Schema extends Group>(
  schema: Schema,
  { config, flags = {}, knownVariables = [], machine = thisMachine() }: LoadOptions,
): Loaded<Effective<Schema>> {
  const faults = createFaultList(configuration);
  const file = findConfigFile(config, machine, faults);
  const layers = [environmentLayer(schema, machine, knownVariables, faults), flagLayer(flags, machine.cwd)];
  const written = file && readYaml(file.source, file, faults);
  const settled = settle(schema, { file: written, layers, machine }, faults);
  refuseFlagsWithoutPlace(flags, settled, faults);
  faults.throwIfAny();
  return { ...settled, file: file?.path };
}

/** A flag for an output that the file has left out would otherwise mean nothing, and nobody would know. */
function refuseFlagsWithoutPlace(flags: FlagTexts, { origins }: Settled<unknown>, faults: FaultList): void {
  for (const [key, given] of Object.entries(flags)) {
    if (given === undefined || origins.has(key)) continue;
    const entry = key.split('.').slice(0, -1).join('.');
    faults.add({ origin: given.flag, problem: `there is no ${entry} in the configuration for which this could be` });
  }
}
