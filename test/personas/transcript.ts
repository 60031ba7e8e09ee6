import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { delays, withoutDelays } from './recorder.ts';

/** Set to 1 to take what real servers say now for the truth. */
const recordAnew = process.env['RECORD_TRANSCRIPTS'] === '1';

function pathOf(server: string, script: string): string {
  return fileURLToPath(new URL(`./transcripts/${server}/${script}.txt`, import.meta.url));
}

/** What the real server said when it was recorded. */
export function storedTranscript(server: string, script: string): string {
  return readFileSync(pathOf(server, script), 'utf8');
}

/** Proves that the stored transcript is still what the real server says; or stores it. */
export async function proveStored(server: string, script: string, play: () => Promise<string>): Promise<void> {
  const transcript = await play();
  if (!recordAnew) return expectTranscript(transcript, storedTranscript(server, script));
  // What was late by chance is not late twice.
  const steady = delays(transcript).size === 0 ? transcript : withCommonDelays(transcript, await play());
  const path = pathOf(server, script);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, steady);
}

function withCommonDelays(transcript: string, again: string): string {
  expect(withoutDelays(again)).toBe(withoutDelays(transcript));
  const [once, twice] = [delays(transcript), delays(again)];
  const lines = withoutDelays(transcript).split('\n');
  return lines
    .flatMap((line, number) => {
      const seconds = Math.min(once.get(number) ?? 0, twice.get(number) ?? 0);
      return seconds > 0 ? [`@ ${seconds} s`, line] : [line];
    })
    .join('\n');
}

export function expectTranscript(actual: string, expected: string): void {
  expect(withoutDelays(actual)).toBe(withoutDelays(expected));
  const heard = delays(actual);
  for (const line of delays(expected).keys()) {
    // How late exactly depends on timers of other programs, and on the machine.
    expect(heard.get(line) ?? 0, `seconds before line ${line + 1}, delays not counted`).toBeGreaterThanOrEqual(1);
  }
}
