import type { Campaign } from '../../index/campaigns/campaign.ts';
import { indexLayout } from '../../index/layout.ts';
import { indexState, openToRead } from '../../index/open-index.ts';
import { IndexReader } from '../../index/index-reader.ts';
import { listCampaigns } from '../../index/campaigns/look.ts';
import { progressOf } from '../../index/progress.ts';
import { journalEnd } from '../../journal/ends.ts';
import { journalLayout } from '../../journal/layout.ts';
import { isBefore } from '../../journal/position.ts';
import type { Document } from '../../monitor/sensor-view.ts';
import { campaignDetails, campaignText } from '../look-back/campaigns.ts';

export interface CampaignsTold {
  readonly campaigns: readonly Campaign[];
  readonly are: string;
}

const mostShown = 60;
/** Campaigns do not change from second to second, and finding them costs more than a look. */
const fresh = 10_000;

/** What the index knows of campaigns, for a console: looked at from time to time, and never written. */
export class ConsoleCampaigns {
  readonly #dataDir: string;
  #told: CampaignsTold | undefined;
  #at = 0;

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  look(now: number): CampaignsTold {
    if (this.#told === undefined || now - this.#at > fresh) {
      this.#told = this.#ask();
      this.#at = now;
    }
    return this.#told;
  }

  open(code: string): Document {
    const database = openToRead(indexLayout(this.#dataDir));
    try {
      const layout = journalLayout(this.#dataDir);
      const lookBack = {
        dataDir: this.#dataDir,
        layout,
        database,
        index: new IndexReader(database),
        close: () => undefined,
      };
      return { title: code, pages: [{ name: 'campaign', lines: [...campaignText(campaignDetails(lookBack, code))] }] };
    } finally {
      database.close();
    }
  }

  #ask(): CampaignsTold {
    const layout = indexLayout(this.#dataDir);
    if (indexState(layout) !== 'usable') {
      return { campaigns: [], are: 'There is no index yet: "spamtrap index update" makes one, index.live keeps it.' };
    }
    const database = openToRead(layout);
    try {
      const kinds = ['message', 'evidence'] as const;
      const campaigns = listCampaigns(database, { query: [], kinds }, { least: 2, most: mostShown });
      const at = progressOf(database);
      const isBehind = isBefore(at, journalEnd(journalLayout(this.#dataDir), at));
      const none = campaigns.length === 0 ? 'No campaign yet. ' : '';
      const are = isBehind
        ? 'The index is behind: "spamtrap index update", or index.live.'
        : 'The index is up to date.';
      return { campaigns, are: `${none}${are}` };
    } finally {
      database.close();
    }
  }
}
