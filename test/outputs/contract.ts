import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Capture } from '../../src/lib/capture/capture.ts';
import { delivered, type Output } from '../../src/lib/outputs/output.ts';
import { captureOf, sha256 } from '../support/captures.ts';
import { temporaryDirectory } from '../support/temporary.ts';

export interface Delivered {
  readonly id: string;
  readonly bytes: Buffer;
}

export interface Case {
  readonly open: (directory: string) => Output;
  /** The exact bytes of every message that arrived, by id. */
  readonly arrived: (directory: string) => readonly Delivered[] | Promise<readonly Delivered[]>;
  /** Whether the same capture, delivered again after a crash, arrives once. Otherwise it may arrive twice. */
  readonly once: boolean;
}

/** What every output does, whatever it hands captures on to. */
export function outputContract({ open, arrived, once }: Case): void {
  it('hands on exact bytes, whatever they are', async () => {
    const directory = temporaryDirectory();
    const captures = [
      captureOf(Buffer.alloc(0)),
      captureOf(Buffer.from('Subject: x\r\n\r\nnul \0 bare \r and \n no end')),
      captureOf(Buffer.from('Subject: Grüße ✉\r\n\r\n', 'utf8')),
      captureOf(randomBytes(5_000)),
      captureOf(Buffer.from(`X: ${'y'.repeat(300_000)}\r\n\r\n`)),
    ];
    const output = open(directory);
    await output.open(undefined);
    expect(await output.deliver(captures)).toEqual(captures.map(() => delivered));
    await output.checkpoint();
    await output.close();
    const found = new Map((await arrived(directory)).map(({ id, bytes }) => [id, sha256(bytes)]));
    expect(found).toEqual(new Map(captures.map(({ facts }) => [facts.id, facts.sha256])));
  });

  it('hands on a message that is kept in a file of its own', async () => {
    const directory = temporaryDirectory();
    const capture = captureOf(randomBytes(3_000_000), { asFile: join(temporaryDirectory(), 'side') });
    const output = open(directory);
    await output.open(undefined);
    await output.deliver([capture]);
    await output.close();
    expect((await arrived(directory)).map(({ bytes }) => sha256(bytes))).toEqual([capture.facts.sha256]);
  });

  it('keeps the order, over many batches and restarts', async () => {
    const directory = temporaryDirectory();
    const captures: Capture[] = [];
    for (let run = 0; run < 3; run++) {
      const output = open(directory);
      await output.open(captures.at(-1)?.facts.id);
      for (let batch = 0; batch < 10; batch++) {
        const next = Array.from({ length: 5 }, (_, index) => captureOf(Buffer.from(`${run}.${batch}.${index}`)));
        captures.push(...next);
        await output.deliver(next);
      }
      await output.close();
    }
    const ids = (await arrived(directory)).map(({ id }) => id);
    expect(once ? [...ids].sort() : ids).toEqual(captures.map(({ facts }) => facts.id));
  });

  it('may be given again what it took before a crash', async () => {
    const directory = temporaryDirectory();
    const captures = [1, 2, 3].map((number) => captureOf(Buffer.from(`message ${number}`)));
    const first = open(directory);
    await first.open(undefined);
    await first.deliver(captures);
    // No close: the process died before it could say that these were delivered.
    const second = open(directory);
    await second.open(undefined);
    expect(await second.deliver(captures)).toEqual(captures.map(() => delivered));
    await second.close();
    const ids = (await arrived(directory)).map(({ id }) => id);
    expect(new Set(ids)).toEqual(new Set(captures.map(({ facts }) => facts.id)));
    if (once) expect(ids).toHaveLength(captures.length);
  });
}
