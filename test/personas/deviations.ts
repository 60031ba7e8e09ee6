import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { applyPatch, createPatch } from 'diff';
import { expectTranscript, storedTranscript } from './transcript.ts';
import { withoutDelays } from './recorder.ts';

/** Set to 1 to accept what the relay says now where it differs from the real server; each difference needs a reason. */
const acceptAnew = process.env['RECORD_DEVIATIONS'] === '1';

function pathOf(server: string, script: string): string {
  return fileURLToPath(new URL(`./deviations/${server}/${script}.diff`, import.meta.url));
}

/** Proves that our server says what the real one was recorded to say, but for the differences that are written down. */
export function proveLikeness(server: string, script: string, transcript: string): void {
  const stored = storedTranscript(server, script);
  if (acceptAnew) return accept(server, script, stored, transcript);
  const path = pathOf(server, script);
  if (!existsSync(path)) return expectTranscript(transcript, stored);
  const expected = applyPatch(withoutDelays(stored), readFileSync(path, 'utf8'));
  if (expected === false) throw new Error(`${path} does not fit the transcript of the real server any more`);
  expectTranscript(transcript, expected);
}

function accept(server: string, script: string, stored: string, transcript: string): void {
  const path = pathOf(server, script);
  const [theirs, ours] = [withoutDelays(stored), withoutDelays(transcript)];
  if (theirs === ours) return rmSync(path, { force: true });
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, createPatch(script, theirs, ours, server, 'spamtrap', { context: 2 }));
}
