/** Messages that are one to whoever sent them. */
export interface Campaign {
  readonly code: string;
  /** What somebody called it. */
  readonly name: string;
  readonly messages: number;
  /** Different peers that brought them. */
  readonly sources: number;
  /** ISO 8601, UTC. */
  readonly first: string;
  readonly last: string;
  /** Of the last day before the newest message that is meant, how many came in an hour. */
  readonly perHour: number;
  /** The subject of one of them. */
  readonly sample: string;
}
