import { readdirSync, readFileSync } from 'node:fs';
import fc, { type Arbitrary } from 'fast-check';

const seeds = new URL('../fuzz/seeds/', import.meta.url);

/** How often a property is tried: as often as it says itself in CI, and as often as is wished otherwise. */
export function runs(usual: number): number {
  const wished = Number(process.env['FUZZ_RUNS'] ?? '');
  return wished > 0 ? wished : usual;
}

/**
 * Inputs that once broke something, or might. One on each line, written as JSON text; lines that begin with `#` tell
 * what they are. A name may have several files: `session.txt`, `session-*.txt`.
 */
export function seedsOf(name: string): string[] {
  return readdirSync(seeds)
    .filter((file) => file === `${name}.txt` || (file.startsWith(`${name}-`) && file.endsWith('.txt')))
    .sort()
    .flatMap((file) => readFileSync(new URL(file, seeds), 'utf8').split('\n'))
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => JSON.parse(line) as string);
}

export const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

/** Cuts a text at these places, wherever they are. */
export function cut(text: string, places: readonly number[]): string[] {
  const at = [0, ...places.map((place) => place % (text.length + 1)).sort((a, b) => a - b), text.length];
  return at.slice(1).map((end, index) => text.slice(at[index], end));
}

/** Places to cut at; there are always some near each other, since that is where readers forget something. */
export const places: Arbitrary<number[]> = fc.array(fc.nat(100_000), { maxLength: 12 });

/** Any byte, as latin1. */
export const byte: Arbitrary<string> = fc.nat(255).map((code) => String.fromCharCode(code));
export const bytes = (maxLength: number): Arbitrary<string> =>
  fc.array(byte, { maxLength }).map((parts) => parts.join(''));
