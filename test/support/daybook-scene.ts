import { randomInt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Capture, CaptureFacts } from '../../src/lib/capture/capture.ts';
import { createIdSource } from '../../src/lib/capture/id.ts';
import type { Event } from '../../src/lib/events/event.ts';
import type { DayReport, ProbeFate } from '../../src/lib/outputs/daybook/day-report.ts';
import { DaybookOutput } from '../../src/lib/outputs/daybook/daybook-output.ts';
import { someOrigin } from './journals.ts';
import { readMime, type MimeMessage } from './mime.ts';

export const day = '2026-11-20';
export const ids = createIdSource(Date.now, randomInt);

export function messageOn(date: string, details: Partial<CaptureFacts> = {}): Capture {
  return {
    facts: {
      ...someOrigin,
      id: ids.next(),
      receivedAt: `${date}T12:00:00.000Z`,
      sha256: '0'.repeat(64),
      size: 1000,
      ...details,
    },
    content: { kind: 'bytes', bytes: Buffer.alloc(1000) },
  };
}

export interface DaybookScene {
  readonly dataDir: string;
  readonly maildir: string;
  readonly output: DaybookOutput;
  readonly events: Event[];
  readonly fates: Map<string, ProbeFate[]>;
}

let words = 0;

/** A daybook with mail that is taken up as the dispatcher would. */
export async function openDaybook(
  dataDir: string,
  maildir: string,
  rewriteEvery = 60_000,
  reportLink?: string,
): Promise<DaybookScene> {
  const events: Event[] = [];
  const fates = new Map<string, ProbeFate[]>();
  const output = new DaybookOutput('daybook', {
    dataDir,
    dayOf: (ms) => new Date(ms).toISOString().slice(0, 10),
    now: Date.now,
    emit: (event) => events.push(event),
    mail: {
      maildir,
      host: 'trap.example.test',
      rewriteEvery,
      reportLink,
      unique: () => `w${++words}`,
      probesOf: (day) => fates.get(day) ?? [],
    },
  });
  await output.recall();
  await output.open();
  onTestFinished(() => output.close());
  return { dataDir, maildir, output, events, fates };
}

/** The names in a part of the folder `logs`. */
export function logNames(maildir: string, part = 'new'): string[] {
  try {
    return readdirSync(join(maildir, '.logs', part)).sort();
  } catch {
    return [];
  }
}

export interface ReadLog extends MimeMessage {
  readonly bytes: Buffer;
  readonly text: string;
  readonly report: DayReport;
}

export function readLog(maildir: string, name: string, part = 'new'): ReadLog {
  const bytes = readFileSync(join(maildir, '.logs', part, name));
  const mime = readMime(bytes);
  return { ...mime, bytes, text: mime.parts[0]!.text, report: JSON.parse(mime.parts[1]!.text) as DayReport };
}
