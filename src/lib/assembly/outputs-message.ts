import type { TimedEvent } from '../events/event.ts';
import type { OutputSettings } from '../config/schema.ts';

/** What the outputs' thread is started with. */
export interface OutputsStart {
  readonly dataDir: string;
  readonly tail: SharedArrayBuffer;
  readonly outputs: Readonly<Record<string, OutputSettings>>;
  readonly sensor: string;
  readonly software: string;
}

export type ToOutputs = { readonly stop: 'drained' | 'now' };

export type FromOutputs = { readonly events: readonly TimedEvent[] } | { readonly ready: true };
