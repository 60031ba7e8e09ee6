import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';

/** On a busy machine intake comes first. On Linux a priority belongs to a thread, and 19 is the lowest. */
export function yieldToIntake(nice: number): void {
  try {
    const thread = Number(/\d+$/.exec(readlinkSync('/proc/thread-self'))?.[0]);
    setPriority(thread, nice);
  } catch {
    // Elsewhere the threads share the processor evenly.
  }
}
