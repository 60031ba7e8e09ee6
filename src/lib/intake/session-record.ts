import type { Address, IntakeName, SessionEnd, SessionEvidence, SessionFacts, TlsFailure } from '../capture/capture.ts';
import type { RuleMatch } from '../capture/rule-match.ts';
import type { FinishedMessage } from '../smtp/effect.ts';
import type { SmtpSession } from '../smtp/session.ts';
import { isoTime } from '../text/time.ts';
import { scanSign } from './scan-sign.ts';

/** Who speaks with whom. */
export interface Ends {
  readonly peer: Address;
  readonly local: Address;
  readonly proxy?: Address;
}

/** What only shows at the end of a session. */
export interface SessionOutcome {
  readonly intake: IntakeName;
  readonly endedBy: SessionEnd;
  readonly closed: number;
  readonly bytesIn: number;
  readonly tlsFailure: TlsFailure | undefined;
  readonly rules: readonly RuleMatch[];
}

/** What is known of a session, in the form in which it is kept: with each of its messages, and when it is over. */
export class SessionRecord {
  readonly id: string;
  readonly ends: Ends;
  readonly #openedAt: string;
  readonly #session: SmtpSession;

  constructor(id: string, ends: Ends, opened: number, session: SmtpSession) {
    this.id = id;
    this.ends = ends;
    this.#openedAt = isoTime(opened);
    this.#session = session;
  }

  ofMessage({ parameters, commands, traits, forwarded }: FinishedMessage): SessionEvidence {
    return {
      ...this.#known(),
      protocol: this.#session.protocol,
      openedAt: this.#openedAt,
      commandsSeen: commands,
      ...(parameters.length > 0 && { parameters }),
      ...((traits.bareCr > 0 || traits.bareLf > 0) && { traits }),
      ...(forwarded !== undefined && { forwarded }),
    };
  }

  atEnd({ intake, endedBy, closed, bytesIn, tlsFailure, rules }: SessionOutcome): SessionFacts {
    const { counts, commandsSeen, credentials } = this.#session;
    const scan = scanSign({ ...counts, commandsSeen, credentials, tlsFailure });
    return {
      intake,
      endedBy,
      ...counts,
      ...this.#known(),
      commandsSeen,
      openedAt: this.#openedAt,
      closedAt: isoTime(closed),
      bytesIn,
      ...(tlsFailure && { tlsFailure }),
      ...(rules.length > 0 && { rules }),
      ...(scan !== undefined && { scan }),
    };
  }

  #known() {
    const { helo, tlsFacts: tls, credentials } = this.#session;
    return {
      session: this.id,
      ...this.ends,
      ...(helo !== undefined && { helo }),
      ...(tls !== undefined && { tls }),
      ...(credentials.length > 0 && { credentials }),
    };
  }
}
