import type { Settings } from '../config/schema.ts';
import type { DeskStart } from './desk-settings.ts';
import type { HandedOver } from '../outputs/dispatcher.ts';
import type { OutputPlans } from './output-plan.ts';

/** What the outputs' thread tells of an output for which somebody waits. */
export type OutputReport = HandedOver & { readonly output: string };

/** What the outputs' thread is started with. */
export interface OutputsStart {
  readonly dataDir: string;
  readonly tail: SharedArrayBuffer;
  readonly outputs: OutputPlans;
  /** The outputs for which somebody waits before a message may be touched elsewhere. */
  readonly awaited: readonly string[];
  readonly sensor: string;
  readonly software: string;
  /** The host whose days are told of. */
  readonly host: string;
  readonly maildir: string | undefined;
  readonly daybook: Settings['daybook'];
  /** The probe desk, where there is one. */
  readonly desk: DeskStart | undefined;
}
