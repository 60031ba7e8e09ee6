import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// What scripts may rely on: the names of commands, arguments and flags, and what they take. Words for people may change.

const manifestPath = fileURLToPath(new URL('../../oclif.manifest.json', import.meta.url));

interface ManifestArgument {
  readonly required?: boolean;
  readonly options?: readonly string[];
  readonly default?: unknown;
  readonly multiple?: boolean;
  readonly description?: string;
}

interface ManifestFlag extends ManifestArgument {
  readonly type: 'boolean' | 'option';
  readonly char?: string;
  readonly env?: string;
  readonly aliases?: readonly string[];
  readonly charAliases?: readonly string[];
  readonly allowNo?: boolean;
  readonly delimiter?: string;
  readonly dependsOn?: readonly string[];
  readonly exclusive?: readonly string[];
}

interface ManifestCommand {
  readonly args: Readonly<Record<string, ManifestArgument>>;
  readonly flags: Readonly<Record<string, ManifestFlag>>;
  readonly aliases?: readonly string[];
  readonly hiddenAliases?: readonly string[];
  readonly strict?: boolean;
}

export type Surface = Record<string, unknown>;

export function readSurface(): Surface {
  const { commands } = JSON.parse(readFileSync(manifestPath, 'utf8')) as { commands: Record<string, ManifestCommand> };
  return sorted(commands, (command) => ({
    ...present({ aliases: [...(command.aliases ?? []), ...(command.hiddenAliases ?? [])] }),
    ...(command.strict === false ? { furtherArgs: true } : {}),
    // Their order is how they are told apart, and JSON objects have none.
    args: Object.entries(command.args).map(([name, arg]) => ({ name, ...argument(arg) })),
    flags: sorted(command.flags, flag),
  }));
}

function argument({ required, options, multiple, ...rest }: ManifestArgument): object {
  return present({ required, options, default: rest.default, multiple });
}

function flag(given: ManifestFlag): object {
  const { type, char, env, aliases, charAliases, allowNo, delimiter, dependsOn, exclusive, description = '' } = given;
  // A flag that overrides a setting is resolved by the configuration; its variable and default are in its words only.
  const setting = {
    env: /\[env: (\w+)\]/.exec(description)?.[1],
    default: /\[default: ([^\]]*)\]/.exec(description)?.[1],
  };
  return present({
    type,
    char,
    ...argument({ ...given, default: given.default ?? setting.default }),
    env: env ?? setting.env,
    aliases,
    charAliases,
    allowNo,
    delimiter,
    dependsOn,
    exclusive,
  });
}

function sorted<Value>(record: Readonly<Record<string, Value>>, map: (value: Value) => unknown): Surface {
  const entries = Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, value]) => [name, map(value)]));
}

/** Without what says nothing: undefined, false, empty lists. */
function present(object: Readonly<Record<string, unknown>>): object {
  const empty = (value: unknown): boolean =>
    value === undefined || value === false || (Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(object).filter(([, value]) => !empty(value)));
}
