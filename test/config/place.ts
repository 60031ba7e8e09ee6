import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { DocumentFault, type WrittenFault } from '../../src/lib/document/faults.ts';
import type { Machine } from '../../src/lib/config/machine.ts';

export interface Place extends Machine {
  readonly env: Record<string, string>;
  /** Writes a file below the folder of the test; the path is relative to it. */
  write(path: string, content: string | Uint8Array): string;
}

/** A made-up machine in a folder of its own, which is gone after the test. */
export function createPlace(): Place {
  const root = mkdtempSync(join(tmpdir(), 'spamtrap-config-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const cwd = join(root, 'work');
  mkdirSync(cwd);
  return {
    env: { PATH: process.env['PATH'] ?? '' },
    cwd,
    home: join(root, 'home'),
    hostName: 'sensor-7',
    write(path, content) {
      const file = join(root, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
      return file;
    },
  };
}

/** The machine with this text as its ./trap.yml. */
export function placeWith(yaml: string | Uint8Array): Place {
  const place = createPlace();
  place.write('work/trap.yml', yaml);
  return place;
}

export function configFault(attempt: () => unknown): DocumentFault {
  try {
    attempt();
  } catch (thrown) {
    if (thrown instanceof DocumentFault) return thrown;
    throw thrown;
  }
  throw new Error('the configuration was accepted');
}

export function faultsOf(attempt: () => unknown): readonly WrittenFault[] {
  return configFault(attempt).faults;
}

export function linesOf(attempt: () => unknown): readonly string[] {
  return configFault(attempt).message.split('\n');
}
