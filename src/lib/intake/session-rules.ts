import type { Envelope } from '../capture/capture.ts';
import type { RuleMatch, RuleVerdict } from '../capture/rule-match.ts';
import type { Emit } from '../events/event.ts';
import type { Draft } from '../journal/draft.ts';
import type { RuleFacts } from '../rules/facts.ts';
import type { RuleEffects } from '../rules/judgement.ts';
import { sampleSizes, urlsIn, viewMessage, type MessageView } from '../mime/message-view.ts';
import type { RuleSet } from '../rules/rule-set.ts';
import type { Ruling, SessionHook, SessionMoment } from '../smtp/ruling.ts';

/** Of one session not more than this is told; with the messages it is kept all the same. */
const mostTold = 200;
/** So many are kept of a session, and so many of the envelope of one message. */
const mostKept = 50;

/** What intakes need of the rules: those that are in force at this moment. */
export type RulesInForce = () => RuleSet;

export interface SessionRulesSettings {
  readonly rules: RulesInForce;
  readonly persona: string;
  readonly intake: 'relay' | 'lmtp';
  readonly session: string;
  readonly peer: string;
  readonly emit: Emit;
  /** A rule wants the peer to be answered late from now on. */
  readonly slowDown: (ms: number) => void;
}

/** What the rules had to say of a message. */
export interface MessageJudgement {
  readonly rules?: RuleVerdict;
  readonly folder?: string;
  readonly tags?: readonly string[];
  readonly instead?: string;
}

/** What decided, and what it was decided on. */
interface Decisive {
  readonly effects?: RuleEffects | undefined;
  readonly message?: MessageView | undefined;
}

interface Found {
  readonly matches: readonly RuleMatch[];
  readonly tags: readonly string[];
}

const nothing: Found = { matches: [], tags: [] };

/** What belongs to one message and not to those after it. */
const ofTransaction: readonly SessionHook[] = ['mail', 'rcpt'];

/** The rules as one session meets them: asks them, tells what matched, and keeps it for the record. */
export class SessionRules {
  readonly #settings: SessionRulesSettings;
  #lasting = nothing;
  #transaction = nothing;
  /** Of envelopes that came to nothing. */
  #abandoned = nothing;
  #told = 0;

  constructor(settings: SessionRulesSettings) {
    this.#settings = settings;
  }

  /** What has matched and belongs to no message that was kept. */
  get matches(): readonly RuleMatch[] {
    return together(this.#lasting, together(this.#abandoned, this.#transaction)).matches;
  }

  consult(hook: SessionHook, moment: () => SessionMoment): Ruling | undefined {
    if (hook === 'mail') this.#abandon();
    const rules = this.#settings.rules();
    if (!rules.asks(hook)) return undefined;
    const { effects, ...found } = rules.judge(this.#facts(hook, moment()));
    if (found.matches.length === 0) return undefined;
    this.#tell(found.matches);
    if (ofTransaction.includes(hook)) this.#transaction = within(mostKept, together(this.#transaction, found));
    else this.#lasting = within(mostKept, together(this.#lasting, found));
    return effects && { reply: this.#apply(effects) };
  }

  /** To be asked when a message is complete and not yet accepted. */
  async judge(envelope: Envelope, moment: SessionMoment, draft: Draft): Promise<MessageJudgement> {
    const before = together(this.#lasting, this.#transaction);
    this.#transaction = nothing;
    const rules = this.#settings.rules();
    if (!rules.asks('message')) return this.#verdict(rules, before);
    const message = rules.looksInside ? viewMessage(await draft.sample(sampleSizes)) : undefined;
    const facts = this.#facts('message', { ...moment, ...envelope });
    const { effects, unasked, ...found } = rules.judge({
      ...facts,
      size: draft.size,
      ...(message && { message }),
    });
    if (unasked !== undefined) this.#tellUnasked(unasked);
    this.#tell(found.matches);
    return this.#verdict(rules, together(before, found), { effects, message });
  }

  #abandon(): void {
    this.#abandoned = within(mostKept, together(this.#abandoned, this.#transaction));
    this.#transaction = nothing;
  }

  #verdict({ revision }: RuleSet, { matches, tags }: Found, { effects, message }: Decisive = {}): MessageJudgement {
    if (matches.length === 0) return {};
    // What is to be relayed has to be there.
    const isDropped = effects?.content === 'drop' && !effects.relay;
    const urls = effects?.extractUrls && message ? urlsIn(message) : [];
    const instead = effects && this.#apply(effects);
    return {
      rules: {
        revision,
        matches,
        ...(effects?.relay && { probe: effects.rule }),
        ...(isDropped && { contentDropped: true }),
        ...(urls.length > 0 && { urls }),
      },
      ...(effects?.folder !== undefined && { folder: effects.folder }),
      ...(tags.length > 0 && { tags }),
      ...(instead !== undefined && { instead }),
    };
  }

  #apply({ tarpit, reply }: RuleEffects): string | undefined {
    if (tarpit !== undefined) this.#settings.slowDown(tarpit);
    return reply?.byPersona[this.#settings.persona] ?? reply?.text;
  }

  #facts(hook: RuleFacts['hook'], { helo, from, ...moment }: SessionMoment): RuleFacts {
    const { peer } = this.#settings;
    return { hook, peer, ...moment, ...(helo !== undefined && { helo }), ...(from !== undefined && { from }) };
  }

  // A message that costs more than any honest one must not keep others waiting.
  #tellUnasked(patterns: number): void {
    const { emit, intake, session, peer } = this.#settings;
    emit({ event: 'rules.unasked', intake, session, peer, patterns });
  }

  #tell(matches: readonly RuleMatch[]): void {
    const { emit, intake, session, peer } = this.#settings;
    for (const match of matches) {
      if (this.#told++ < mostTold) emit({ event: 'rule.matched', intake, session, peer, ...match });
    }
  }
}

function together(one: Found, other: Found): Found {
  if (other.matches.length === 0) return one;
  return { matches: [...one.matches, ...other.matches], tags: [...new Set([...one.tags, ...other.tags])] };
}

function within(most: number, { matches, tags }: Found): Found {
  return { matches: matches.slice(0, most), tags };
}
