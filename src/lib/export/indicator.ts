/** What can be handed to others so that they know it when they see it. */
export const indicatorKinds = ['ip', 'url', 'host', 'sender', 'subject', 'sha256'] as const;
export type IndicatorKind = (typeof indicatorKinds)[number];

export interface Indicator {
  readonly kind: IndicatorKind;
  readonly value: string;
  /** In how many messages. */
  readonly count: number;
  /** Milliseconds. */
  readonly first: number;
  readonly last: number;
  /** A name that it had, where it is a file. */
  readonly fileName?: string;
  readonly campaigns: readonly string[];
}
