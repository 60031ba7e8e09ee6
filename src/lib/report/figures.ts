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
  readonly campaigns: readonly ReportCampaign[];
  readonly differentCampaigns: number;
  readonly outputs: readonly ReportHealth[];
  readonly mailboxes: readonly ReportHealth[];
}

export interface ReportRanking {
  readonly name: string;
  readonly different: number;
  readonly top: readonly { readonly value: string; readonly count: number }[];
}

export interface ReportCampaign {
  readonly code: string;
  readonly name: string;
  readonly messages: number;
  readonly sources: number;
  readonly first: string;
  readonly last: string;
  readonly perHour: number;
  readonly sample: string;
}

/** How an output or a mailbox stands. */
export interface ReportHealth {
  readonly name: string;
  readonly state: 'well' | 'troubled';
  readonly detail: string;
}
