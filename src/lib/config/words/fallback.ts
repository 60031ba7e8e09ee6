import type { Machine } from '../machine.ts';
import type { Setting } from './setting.ts';

export function fallbackValue({ fallback }: Setting<unknown>, machine: Machine): unknown {
  return fallback.is === 'fixed' ? fallback.value : fallback.value(machine);
}

/** The default as text for people. */
export function fallbackText({ kind, fallback }: Setting<unknown>): string {
  return fallback.is === 'fixed' ? kind.show(fallback.value) : fallback.words;
}

/** Text that somebody might write for the setting: the default where it has one that can be written. */
export function exampleText({ kind, fallback }: Setting<unknown>): string {
  return fallback.is === 'fixed' ? kind.show(fallback.value) : fallback.example;
}
