import { reason } from '../../errors.ts';
import type { Settings } from '../../config/schema.ts';
import type { Emit } from '../../events/event.ts';
import type { Reload } from './reloads.ts';

/** Where the settings of a running command come from. */
export interface Configuration {
  /** Undefined where there is no file. */
  readonly file: string | undefined;
  /** Throws what is wrong with it. */
  readonly reread: () => Settings;
}

export interface InForce {
  readonly settings: Settings;
  /** What of them others take up while it runs. */
  readonly takenUp: readonly string[];
}

/** Tells which settings have changed that a running sensor cannot take up. */
export function configurationReload(
  { file, reread }: Configuration,
  { settings, takenUp }: InForce,
  emit: Emit,
): Reload {
  const isTakenUp = (key: string) => takenUp.some((prefix) => key === prefix || key.startsWith(`${prefix}.`));
  const before = flatten(settings);
  return () => {
    let now: ReadonlyMap<string, string>;
    try {
      now = flatten(reread());
    } catch (error) {
      emit({ event: 'configuration.refused', detail: reason(error) });
      throw error;
    }
    const keys = [...new Set([...before.keys(), ...now.keys()])];
    const later = keys.filter((key) => before.get(key) !== now.get(key) && !isTakenUp(key)).sort();
    emit({ event: 'configuration.loaded', file: file ?? 'built-in', later });
    if (later.length === 0) return 'nothing has changed that needs a new start';
    return `these hold from the next start on: ${later.join(', ')}`;
  };
}

function flatten(value: object, path = '', into = new Map<string, string>()): Map<string, string> {
  for (const [key, member] of Object.entries(value) as [string, unknown][]) {
    const at = path === '' ? key : `${path}.${key}`;
    if (isGroup(member)) flatten(member, at, into);
    else if (member !== undefined) into.set(at, JSON.stringify(member));
  }
  return into;
}

function isGroup(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
