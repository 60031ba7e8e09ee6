import { join } from 'node:path';
import type { OutputSettings } from '../config/schema.ts';
import { JsonlOutput } from '../outputs/jsonl.ts';
import { MaildirOutput } from '../outputs/maildir.ts';
import type { Output } from '../outputs/output.ts';

export interface OutputSurroundings {
  readonly dataDir: string;
  readonly sensor: string;
  readonly software: string;
}

export function createOutput(name: string, settings: OutputSettings, surroundings: OutputSurroundings): Output {
  const { dataDir, sensor, software } = surroundings;
  switch (settings.type) {
    case 'maildir':
      return new MaildirOutput(name, { path: settings.path ?? join(dataDir, 'maildir'), software });
    case 'jsonl': {
      const { path = join(dataDir, 'records'), record, rotateSize, keepFiles } = settings;
      return new JsonlOutput(name, { path, record, rotateSize, keepFiles, sensor });
    }
  }
}
