import type { Capture } from '../../src/lib/capture/capture.ts';
import { createIdSource } from '../../src/lib/capture/id.ts';
import { DaybookOutput } from '../../src/lib/outputs/daybook/daybook-output.ts';
import { someOrigin } from './journals.ts';

export const countedDays = ['2026-11-19', '2026-11-20'];

/** What a journal would hand on: the same in every process. */
function captures(): Capture[] {
  const start = Date.UTC(2026, 10, 20);
  const ids = createIdSource(
    () => start,
    () => 0,
  );
  return Array.from({ length: 12 }, (_, index) => ({
    facts: {
      ...someOrigin,
      id: ids.next(),
      receivedAt: `${countedDays[index % 2]}T12:00:00.000Z`,
      sha256: '0'.repeat(64),
      size: 100,
      rules: { revision: 'r', matches: [{ rule: 'every', kind: 'note', hook: 'message', because: 'it came' }] },
    },
    content: { kind: 'bytes', bytes: Buffer.alloc(100) },
  }));
}

/** Everything from the beginning, as after a rewind: what was counted before comes again. */
export async function countAll(dataDir: string, maildir: string): Promise<void> {
  let word = 0;
  const output = new DaybookOutput('daybook', {
    dataDir,
    dayOf: (ms) => new Date(ms).toISOString().slice(0, 10),
    now: Date.now,
    emit: (event) => {
      throw new Error(JSON.stringify(event));
    },
    mail: {
      maildir,
      host: 'trap.example.test',
      unique: () => `${process.pid}-${++word}`,
      probesOf: () => [],
    },
  });
  await output.recall();
  const all = captures();
  for (const part of [all.slice(0, 5), all.slice(5)]) {
    await output.open();
    await output.deliver(part);
    await output.checkpoint();
    await output.close();
  }
}
