import type { Campaign } from '../index/campaigns/campaign.ts';
import type { ClusterView } from './cluster-view.ts';
import type { Effect } from './effect.ts';
import { nothingRecent, type Recent } from './recent.ts';
import type { Document, MailboxView, ProbeView, SensorView } from './sensor-view.ts';

export const viewNames = [
  'overview',
  'messages',
  'sessions',
  'probes',
  'outputs',
  'mailboxes',
  'rules',
  'log',
  'campaigns',
  'cluster',
] as const;
export type ViewName = (typeof viewNames)[number];

/** How a list is looked at; it stays so while other views are shown. */
export interface Place {
  readonly filter: string;
  /** The row on which the cursor is; without one it is on the last row, and stays there as rows come. */
  readonly at: string | undefined;
}

/** What is open above a view. */
export interface Reading {
  readonly document: Document;
  readonly page: number;
  readonly from: number;
  /** What was opened, so that a session that goes on can be read again. */
  readonly effect: Extract<Effect, { do: 'open' }>;
}

export interface Question {
  readonly text: string;
  /** Keys, and what they do; any other key does nothing. */
  readonly answers: Readonly<Record<string, Effect | 'stay'>>;
}

export interface Typing {
  readonly kind: 'filter' | 'command';
  readonly text: string;
}

/** Whether leaving the console leaves the sensor without one that began with it. */
export type Tie = 'with-sensor' | 'attached';

export interface ConsoleState {
  readonly tie: Tie;
  readonly view: ViewName;
  readonly places: Readonly<Record<ViewName, Place>>;
  readonly recent: Recent;
  /** What is shown while it is paused; what comes meanwhile waits. */
  readonly frozen: Recent | undefined;
  readonly sensor: SensorView | undefined;
  readonly probes: readonly ProbeView[];
  readonly mailboxes: readonly MailboxView[];
  readonly campaigns: readonly Campaign[];
  /** What the campaigns do not say of themselves: that there is no index, or how old it is. */
  readonly campaignsAre: string;
  readonly cluster: ClusterView | undefined;
  /** What there is to say where there is no cluster to be seen. */
  readonly clusterIs: string;
  readonly reading: Reading | undefined;
  readonly question: Question | undefined;
  readonly typing: Typing | undefined;
  readonly help: 'shown' | 'hidden';
  readonly said: string;
  /** Why there is nothing more to come; undefined while the sensor is there. */
  readonly gone: string | undefined;
}

const atEnd: Place = { filter: '', at: undefined };

export function newConsole(tie: Tie): ConsoleState {
  return {
    tie,
    view: 'overview',
    places: Object.fromEntries(viewNames.map((name) => [name, atEnd])) as Record<ViewName, Place>,
    recent: nothingRecent,
    frozen: undefined,
    sensor: undefined,
    probes: [],
    mailboxes: [],
    campaigns: [],
    campaignsAre: 'The index is asked …',
    cluster: undefined,
    clusterIs: 'The cluster is asked …',
    reading: undefined,
    question: undefined,
    typing: undefined,
    help: 'hidden',
    said: '',
    gone: undefined,
  };
}

/** What there is to see: all that has come, or what had when it was paused. */
export function shownRecent({ recent, frozen }: ConsoleState): Recent {
  return frozen ?? recent;
}
