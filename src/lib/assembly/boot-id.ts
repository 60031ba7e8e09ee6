import { readFileSync } from 'node:fs';

/** Changes with every start of the machine; where it is unknown, only checkpoints are trusted after a restart. */
export function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return `unknown-${process.pid}-${Date.now()}`;
  }
}
