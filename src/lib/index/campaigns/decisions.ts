import { readFileSync } from 'node:fs';
import { errno, Fault, reason } from '../../errors.ts';
import { replaceFile } from '../../files/synced.ts';
import type { Fingerprint } from '../../likeness/fingerprint.ts';

/**
 * What people said of a campaign. It is kept beside the index with the fingerprints by which the campaign is known, so
 * that neither is lost when the index is made anew after the first messages have left the journal.
 */
export interface Decision {
  readonly code: string;
  readonly name: string;
  /** The codes of campaigns that were joined to this one. */
  readonly joined: readonly string[];
  readonly prints: readonly Fingerprint[];
  /** Messages that belong to it because somebody said so, whatever they are like. */
  readonly members: readonly string[];
}

interface Kept {
  readonly version: 1;
  readonly campaigns: readonly (Omit<Decision, 'prints'> & { readonly prints: readonly string[] })[];
}

export function readDecisions(file: string): readonly Decision[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (errno(error) === 'ENOENT') return [];
    throw error;
  }
  try {
    const { version, campaigns } = JSON.parse(text) as Kept;
    if (version !== 1) throw new Error(`version ${String(version)} is not known`);
    if (!campaigns.every(isWhole)) throw new Error('an entry is not complete');
    return campaigns.map((kept) => ({ ...kept, prints: kept.prints.map(printFrom) }));
  } catch (error) {
    throw new Fault(`${file}, in which the names of campaigns are kept, cannot be read: ${reason(error)}.`, {
      code: 'campaigns.file',
      fix: 'Mend it, or move it away: then the campaigns have the names that they were born with.',
      cause: error,
    });
  }
}

/** People may have had their hands on it. */
function isWhole({ code, name, joined, prints, members }: Kept['campaigns'][number]): boolean {
  return (
    typeof code === 'string' && typeof name === 'string' && [joined, prints, members].every((list) => areTexts(list))
  );
}

function areTexts(list: unknown): boolean {
  return Array.isArray(list) && list.every((each) => typeof each === 'string');
}

export function writeDecisions(file: string, decisions: readonly Decision[]): void {
  const campaigns = decisions.map((decision) => ({ ...decision, prints: decision.prints.map(textOf) }));
  replaceFile(file, `${JSON.stringify({ version: 1, campaigns } satisfies Kept, undefined, 1)}\n`);
}

/** As bytes in one order on every machine. */
export function bytesOf(print: Fingerprint): Buffer {
  const bytes = Buffer.alloc(print.length * 2);
  for (const [place, value] of print.entries()) bytes.writeUInt16LE(value, place * 2);
  return bytes;
}

export function printIn(bytes: Uint8Array): Fingerprint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint16Array.from({ length: bytes.byteLength / 2 }, (_, place) => view.getUint16(place * 2, true));
}

function textOf(print: Fingerprint): string {
  return bytesOf(print).toString('base64');
}

function printFrom(text: string): Fingerprint {
  return printIn(Buffer.from(text, 'base64'));
}
