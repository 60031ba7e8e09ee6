import type { Campaign } from '../index/campaigns/campaign.ts';
import type { Ranking } from '../index/rankings.ts';

/** What a report tells. Its keys are those of --json. All of the texts may be a peer's. */
export interface ReportFigures {
  readonly sensor: string;
  readonly made: string;
  /** ISO 8601: what it is about. */
  readonly since: string;
  readonly until: string;
  readonly filter: string;
  readonly messages: number;
  readonly bytes: number;
  readonly sessions: number;
  /** Messages in each stretch, for each intake. */
  readonly over: {
    readonly stepMs: number;
    readonly times: readonly string[];
    readonly intakes: Readonly<Record<string, readonly number[]>>;
  };
  readonly rankings: readonly ReportRanking[];
  /** The largest; how many there are of more than one message. */
  readonly campaigns: readonly Campaign[];
  readonly differentCampaigns: number;
  readonly outputs: readonly ReportHealth[];
  readonly mailboxes: readonly ReportHealth[];
}

export interface ReportRanking extends Ranking {
  readonly name: string;
}

/** How an output or a mailbox stands. */
export interface ReportHealth {
  readonly name: string;
  readonly state: 'well' | 'troubled';
  readonly detail: string;
}
