/** What a sensor says of itself, again and again, as long as it is alive. */
export interface Member {
  readonly sensor: string;
  readonly command: string;
  readonly version: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Messages since the start, and in the last minute. */
  readonly accepted: number;
  readonly lastMinute: number;
  readonly outputs: readonly MemberOutput[];
  /** Which rules it follows; null where there are none to follow. */
  readonly rules: string | null;
  /** Trap mailboxes: how many it could collect, and how many it does; null where it collects none. */
  readonly mailboxes: { readonly named: number; readonly held: number } | null;
}

export interface MemberOutput {
  readonly name: string;
  /** Bytes of the journal that it has yet to do. */
  readonly behindBytes: number;
  readonly failing: boolean;
}
