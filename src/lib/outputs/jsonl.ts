import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Capture } from '../capture/capture.ts';
import { largestInRecord, publishedRecord, type RecordShape } from '../capture/published.ts';
import { delivered, type Outcome, type Output } from './output.ts';

export interface JsonlSettings {
  readonly path: string;
  readonly record: RecordShape;
  readonly rotateSize: number;
  /** The oldest files beyond this number are removed. */
  readonly keepFiles: number;
  readonly sensor: string;
}

const fileName = /^(\d{4}-\d{2}-\d{2})\.(\d{4})\.jsonl$/;

/** JSON lines, one record each, in files named by day and number: `2026-11-20.0001.jsonl`. */
export class JsonlOutput implements Output {
  readonly name: string;
  readonly #settings: JsonlSettings;
  #file: { readonly fd: number; readonly name: string; length: number } | undefined;

  constructor(name: string, settings: JsonlSettings) {
    this.name = name;
    this.#settings = settings;
  }

  async open(): Promise<void> {
    mkdirSync(this.#settings.path, { recursive: true, mode: 0o700 });
    const newest = this.#fileNames().at(-1);
    if (newest !== undefined) this.#file = this.#append(newest);
  }

  async deliver(batch: readonly Capture[]): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    let lines: string[] = [];
    for (const capture of batch) {
      if (capture.facts.size > largestInRecord) {
        outcomes.push({ kind: 'refused', why: 'the message is too large for a JSON line' });
        continue;
      }
      if (this.#needsNewFile(capture.facts.receivedAt.slice(0, 10))) {
        this.#write(lines);
        lines = [];
        this.#rotate(capture.facts.receivedAt.slice(0, 10));
      }
      lines.push(this.#line(capture));
      outcomes.push(delivered);
    }
    this.#write(lines);
    return outcomes;
  }

  async checkpoint(): Promise<void> {
    if (this.#file) fsyncSync(this.#file.fd);
    const directory = openSync(this.#settings.path, 'r');
    fsyncSync(directory);
    closeSync(directory);
  }

  async close(): Promise<void> {
    if (this.#file) closeSync(this.#file.fd);
    this.#file = undefined;
  }

  #line({ facts, content }: Capture): string {
    const bytes = content.kind === 'bytes' ? content.bytes : readFileSync(content.path);
    return `${publishedRecord(facts, bytes, this.#settings.sensor, this.#settings.record)}\n`;
  }

  // Days only go forward: a clock that steps back does not reopen yesterday's file.
  #needsNewFile(day: string): boolean {
    if (this.#file === undefined) return true;
    return this.#file.length >= this.#settings.rotateSize || day > this.#file.name.slice(0, 10);
  }

  #rotate(day: string): void {
    const previous = this.#file?.name;
    const from = previous !== undefined && previous.slice(0, 10) >= day ? previous : undefined;
    const number = from === undefined ? 1 : Number(fileName.exec(from)?.[2]) + 1;
    if (this.#file) {
      fsyncSync(this.#file.fd);
      closeSync(this.#file.fd);
    }
    this.#file = this.#append(`${(from ?? day).slice(0, 10)}.${String(number).padStart(4, '0')}.jsonl`);
    this.#removeOldest();
  }

  #write(lines: readonly string[]): void {
    if (lines.length === 0) return;
    const bytes = Buffer.from(lines.join(''), 'utf8');
    const file = this.#file!;
    const start = file.length;
    try {
      for (let done = 0; done < bytes.length;) done += writeSync(file.fd, bytes, done);
      file.length += bytes.length;
    } catch (error) {
      // Half a line, or lines that will come again, would spoil the file for its readers.
      ftruncateSync(file.fd, start);
      throw error;
    }
  }

  #append(name: string): { fd: number; name: string; length: number } {
    const fd = openSync(join(this.#settings.path, name), 'a+', 0o600);
    const length = endOfLastLine(fd);
    ftruncateSync(fd, length);
    return { fd, name, length };
  }

  #fileNames(): string[] {
    return readdirSync(this.#settings.path)
      .filter((name) => fileName.test(name))
      .sort();
  }

  #removeOldest(): void {
    const { keepFiles, path } = this.#settings;
    for (const name of this.#fileNames().slice(0, -keepFiles)) rmSync(join(path, name));
  }
}

// A crash can leave half a line at the end. Its message was never counted as delivered and comes again.
function endOfLastLine(fd: number): number {
  const chunk = Buffer.allocUnsafe(2 ** 16);
  for (let end = fstatSync(fd).size; end > 0;) {
    const start = Math.max(0, end - chunk.length);
    const length = readSync(fd, chunk, 0, end - start, start);
    const newline = chunk.subarray(0, length).lastIndexOf(0x0a);
    if (newline >= 0) return start + newline + 1;
    end = start;
  }
  return 0;
}
