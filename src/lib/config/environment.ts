import { printableWithin } from '../text/printable.ts';
import type { FaultList } from '../document/faults.ts';
import type { Layer, LayeredText } from './layer.ts';
import type { Machine } from './machine.ts';
import { suggestion } from '../document/suggestion.ts';
import { settingsIn } from './walk.ts';
import type { Group } from './words/setting.ts';

const prefix = 'SPAMTRAP_';

/** Variables of ours that stand for flags and are no settings. */
const otherVariables = [
  'SPAMTRAP_CONFIG',
  'SPAMTRAP_JSON',
  'SPAMTRAP_MAILDIR',
  'SPAMTRAP_FEED_CONFIG',
  'SPAMTRAP_MAILBOX_CONFIG',
  'SPAMTRAP_OUT',
  'SPAMTRAP_TUI',
  'SPAMTRAP_YES',
  'SPAMTRAP_LAST',
  'SPAMTRAP_SESSIONS',
  'SPAMTRAP_RAW',
  'SPAMTRAP_TLS',
];
/** So do those of the generators, of the desk, and of the tools for rules and feeds. */
const toolVariable =
  /^SPAMTRAP_(?:POSTFIX|DOVECOT|MAILSERVER|MAIL|VERIFY|DESK|EXPLAIN|REPLAY|APPLY|SUBSCRIBE|PUBLISH|STOP|MONITOR|DEMO|TAIL|DOCTOR|OUTPUTS|FEED_TEST|COLLECT_(?:FETCH|DELETE|CONTINUOUS)|MAILBOXES|LOOK)(?:_|$)/;

/** `relay.limits.messageSize` → `SPAMTRAP_RELAY_LIMITS_MESSAGE_SIZE` */
export function variableName(key: string): string {
  const words = key.replaceAll('.', '_').replaceAll(/([a-z\d])([A-Z])/g, '$1_$2');
  return `${prefix}${words.toUpperCase()}`;
}

/**
 * The settings that variables make. A variable that looks like ours but is none is a fault: a misspelt limit would
 * otherwise be no limit.
 */
export function environmentLayer(
  schema: Group,
  { env, cwd }: Machine,
  known: readonly string[],
  faults: FaultList,
): Layer {
  const keys = new Map(settingsIn(schema).map(({ key }) => [variableName(key), key]));
  const others = new Set([...otherVariables, ...known]);
  const layer = new Map<string, LayeredText>();
  for (const [name, text] of Object.entries(env)) {
    // An empty variable is how scripts and units say "not set".
    if (!name.startsWith(prefix) || others.has(name) || toolVariable.test(name) || !text) continue;
    const key = keys.get(name);
    const origin = { text: `env ${printableWithin(name, 80)}`, folder: cwd };
    if (key !== undefined) layer.set(key, { text, origin });
    else faults.add({ origin: origin.text, problem: 'no such variable', ...suggestedVariable(name, keys, others) });
  }
  return layer;
}

function suggestedVariable(
  name: string,
  keys: ReadonlyMap<string, string>,
  others: ReadonlySet<string>,
): { readonly suggestion?: string; readonly valid?: string } {
  // The prefix is the same for all of them and would make everything look near.
  const bare = [...keys.keys(), ...others].map((candidate) => candidate.slice(prefix.length));
  const near = suggestion(name.slice(prefix.length), bare);
  return near.suggestion === undefined
    ? { valid: 'it into the configuration file, or take a name from docs/configuration.md' }
    : { suggestion: `${prefix}${near.suggestion}` };
}
