import type { PeerText, TriedCredentials } from '../capture/capture.ts';
import { beginAuth, type AuthExchange, type AuthStep, type Credentials } from './auth.ts';
import type { AuthPolicy } from './auth-policy.ts';
import type { AnyOccasion, ReplyWords } from './persona.ts';
import { isKind, type Ruling } from './ruling.ts';

/** Credentials of one session that are kept; a guesser may go on, and nobody writes it down. */
const mostKept = 100;
const none: readonly TriedCredentials[] = [];

export interface LoginSettings {
  /** Whether logging in is possible: at any time, under TLS alone, or never. */
  readonly offer: 'always' | 'secure' | 'never';
  readonly accepts: AuthPolicy;
  readonly newChallenge: () => string;
}

/** What is to be said next, and the attempt that has just been judged. */
export type LoginStep =
  | { readonly is: 'prompt'; readonly text: string; readonly tried?: TriedCredentials }
  | {
      readonly is: 'verdict';
      readonly occasion: AnyOccasion;
      readonly words?: ReplyWords;
      /** Somebody else's words for it. */
      readonly instead?: string | undefined;
      readonly tried?: TriedCredentials;
    };

/** Asked about each attempt that the policy has judged; a reply overrules it. */
export type Overrule = (tried: TriedCredentials) => Ruling | undefined;

/** The attempts of one peer to log in. */
export class Login {
  readonly #settings: LoginSettings;
  #tried: readonly TriedCredentials[] = none;
  readonly #mechanisms: readonly string[];
  readonly #overrule: Overrule;
  #exchange: AuthExchange | undefined;
  #attempts = 0;
  #isDone = false;

  constructor(settings: LoginSettings, mechanisms: readonly string[], overrule: Overrule) {
    this.#settings = settings;
    this.#mechanisms = mechanisms;
    this.#overrule = overrule;
  }

  get tried(): readonly TriedCredentials[] {
    return this.#tried;
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  /** Whether the next line belongs to a login and is no command. */
  get isUnderWay(): boolean {
    return this.#exchange !== undefined;
  }

  begin(mechanism: string, initial: PeerText | undefined): LoginStep {
    const isKnown = this.#mechanisms.includes(mechanism);
    const begun = isKnown ? beginAuth(mechanism, initial, this.#settings.newChallenge) : undefined;
    if (begun === undefined) return { is: 'verdict', occasion: 'authMechanism', words: { argument: mechanism } };
    this.#exchange = begun.exchange;
    return this.#take(begun.step, 'authMalformed');
  }

  answer(line: PeerText): LoginStep {
    const exchange = this.#exchange!;
    // RFC 4954: a lone asterisk takes it all back.
    if (line !== '*') return this.#take(exchange.answer(line), 'authMalformedLater');
    return this.#end({ is: 'verdict', occasion: 'authAborted' });
  }

  /** What the peer answered was more than anybody reads. */
  giveUp(): void {
    this.#exchange = undefined;
  }

  /** A login in clear counts for nothing once there is TLS. */
  forget(): void {
    this.#isDone = false;
  }

  #take(step: AuthStep, malformed: AnyOccasion): LoginStep {
    switch (step.is) {
      case 'prompt':
        return step;
      case 'refusal':
        return this.#end({ is: 'verdict', occasion: 'authFailed' });
      case 'nonsense':
        return this.#end({ is: 'verdict', occasion: 'authFailed', tried: this.#remember(step.credentials, false) });
      case 'malformed':
        return this.#end({ is: 'verdict', occasion: malformed, tried: this.#remember(step.credentials, false) });
      case 'credentials': {
        const isGood = this.#settings.accepts(step.credentials, ++this.#attempts);
        const instead = this.#overrule({ ...step.credentials, accepted: isGood })?.reply;
        const accepted = instead === undefined ? isGood : isKind(instead);
        const tried = this.#remember(step.credentials, accepted);
        if (!accepted && step.regret !== undefined) return { is: 'prompt', text: step.regret, tried };
        this.#isDone = accepted;
        return this.#end({ is: 'verdict', occasion: accepted ? 'authOk' : 'authFailed', instead, tried });
      }
    }
  }

  #end(step: LoginStep): LoginStep {
    this.#exchange = undefined;
    return step;
  }

  #remember(credentials: Credentials, accepted: boolean): TriedCredentials {
    const tried = { ...credentials, accepted };
    if (this.#tried.length < mostKept) this.#tried = [...this.#tried, tried];
    return tried;
  }
}
