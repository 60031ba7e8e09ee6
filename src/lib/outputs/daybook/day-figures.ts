import type { CaptureFacts, ScanSign, SessionFacts } from '../../capture/capture.ts';
import type { Id } from '../../capture/id.ts';
import { credentialsOf, heloOf, messageSource, recipientDomains, sessionSource } from './counted-values.ts';
import { hitsOfMessage, hitsOfSession, RuleHits, type KeptHits } from './rule-hits.ts';
import { stateVersion, type State } from './state-file.ts';
import { TopCounter, type KeptCounter } from './top-counter.ts';

/** Of which values the most frequent are kept. */
export const tops = [
  'credentials',
  'sessionAddresses',
  'sessionNetworks',
  'messageAddresses',
  'messageNetworks',
  'helo',
  'recipientDomains',
] as const;
export type TopName = (typeof tops)[number];

export interface Tally {
  messages: number;
  bytes: number;
  /** Of the messages, those of which a rule kept only the evidence. */
  withoutContent: number;
  sessions: number;
  sessionsWithMessages: number;
  credentialsTried: number;
  credentialsAccepted: number;
  probes: number;
}

/** What is on disk of a day. */
export interface KeptDay extends State {
  readonly day: string;
  /** What came up to this id is in these figures. */
  readonly lastId?: Id;
  readonly tally: Readonly<Tally>;
  readonly scans: Readonly<Partial<Record<ScanSign, number>>>;
  readonly tops: Readonly<Record<TopName, KeptCounter>>;
  readonly rules: KeptHits;
}

/** So many values of each kind are told apart; see TopCounter for what that means for the counts. */
const capacity = 512;

/** What one day was like, in bounded memory. */
export class DayFigures {
  readonly day: string;
  /** What is not newer was counted before these figures were last kept. */
  readonly lastId: Id | undefined;
  readonly #tally: Tally;
  readonly #scans: Partial<Record<ScanSign, number>>;
  readonly #tops: Readonly<Record<TopName, TopCounter>>;
  readonly #rules: RuleHits;

  constructor({ day, lastId, tally, scans, tops, rules }: KeptDay) {
    this.day = day;
    this.lastId = lastId;
    this.#tally = { ...tally };
    this.#scans = { ...scans };
    this.#tops = forEachTop((name) => TopCounter.restore(tops[name]));
    this.#rules = new RuleHits(rules);
  }

  message(facts: CaptureFacts): void {
    this.#tally.messages++;
    this.#tally.bytes += facts.size;
    if (facts.rules?.contentDropped) this.#tally.withoutContent++;
    if (facts.rules?.probe !== undefined) this.#tally.probes++;
    const source = messageSource(facts);
    if (source) {
      this.#tops.messageAddresses.add(source.address);
      this.#tops.messageNetworks.add(source.network);
    }
    for (const domain of recipientDomains(facts.envelope)) this.#tops.recipientDomains.add(domain);
    for (const match of hitsOfMessage(facts)) this.#rules.count(match, facts.receivedAt);
  }

  session(facts: SessionFacts): void {
    this.#tally.sessions++;
    if (facts.messages > 0) this.#tally.sessionsWithMessages++;
    if (facts.scan) this.#scans[facts.scan] = (this.#scans[facts.scan] ?? 0) + 1;
    const { address, network } = sessionSource(facts);
    this.#tops.sessionAddresses.add(address);
    this.#tops.sessionNetworks.add(network);
    if (facts.helo !== undefined) this.#tops.helo.add(heloOf(facts.helo));
    for (const tried of facts.credentials ?? []) {
      this.#tally.credentialsTried++;
      if (tried.accepted) this.#tally.credentialsAccepted++;
      this.#tops.credentials.add(credentialsOf(tried));
    }
    for (const match of hitsOfSession(facts)) this.#rules.count(match, facts.closedAt);
  }

  kept(upTo: Id): KeptDay {
    return {
      version: stateVersion,
      day: this.day,
      lastId: upTo,
      tally: { ...this.#tally },
      scans: { ...this.#scans },
      tops: forEachTop((name) => this.#tops[name].kept()),
      rules: this.#rules.kept(),
    };
  }
}

export function emptyDay(day: string): KeptDay {
  return {
    version: stateVersion,
    day,
    tally: {
      messages: 0,
      bytes: 0,
      withoutContent: 0,
      sessions: 0,
      sessionsWithMessages: 0,
      credentialsTried: 0,
      credentialsAccepted: 0,
      probes: 0,
    },
    scans: {},
    tops: forEachTop(() => new TopCounter(capacity).kept()),
    rules: [],
  };
}

function forEachTop<Value>(make: (name: TopName) => Value): Record<TopName, Value> {
  return Object.fromEntries(tops.map((name) => [name, make(name)])) as Record<TopName, Value>;
}
