import type { Socket } from 'node:net';
import type { SessionEnd, TlsFailure } from '../capture/capture.ts';
import { reason } from '../errors.ts';
import type { Draft } from '../journal/draft.ts';
import { JournalUnavailable, type UnavailableWhy } from '../journal/unavailable.ts';
import { subjectIn } from '../mime/subject.ts';
import type { Effect, FinishedMessage, Settlement } from '../smtp/effect.ts';
import { SmtpSession } from '../smtp/session.ts';
import { peerBytes } from '../text/peer-text.ts';
import { Deadline } from './deadline.ts';
import { linesOf, Overheard, type Dialogue } from './dialogue.ts';
import type { Place } from './admission.ts';
import type { IntakeSettings } from './intake-settings.ts';
import { SessionRecord, type Ends } from './session-record.ts';
import { SessionRules, type MessageJudgement, type RulesInForce } from './session-rules.ts';
import { takeUpTls } from './take-up-tls.ts';

/** Replies that a peer does not fetch may pile up to this; then nothing more is read from it. */
const maxUnread = 64 * 2 ** 10;
/** A peer that never closes its side is cut off this long after our last word. */
const lingering = 5_000;

export type TlsUse = 'none' | 'starttls' | 'implicit';

const tlsStates = { none: 'none', starttls: 'offered', implicit: 'active' } as const;

/** What becomes free when a connection is gone, and why it went. */
export interface Leaving {
  readonly place: Place;
  readonly endedBy: SessionEnd;
}

export interface ConnectionOptions {
  readonly ends: Ends;
  readonly tls: TlsUse;
  readonly place: Place;
  /** Asks for a place in the tarpit; false when there is none. */
  readonly moveToTarpit: (place: Place) => boolean;
  readonly gone: (connection: MailConnection, leaving: Leaving) => void;
}

function told({ tags, rules }: MessageJudgement) {
  return { ...(tags && { tags }), ...(rules && { rules: [...new Set(rules.matches.map(({ rule }) => rule))] }) };
}

// What a broken socket has to say is said by its end.
function ignore(): void {}

/** One peer: carries bytes between the socket and the session, and messages into the journal. */
export class MailConnection {
  #socket: Socket;
  readonly #raw: Socket;
  readonly #settings: IntakeSettings;
  readonly #session: SmtpSession;
  readonly #rules: SessionRules | undefined;
  readonly #id: string;
  readonly #opened: number;
  readonly #record: SessionRecord;
  readonly #place: Place;
  readonly #gone: ConnectionOptions['gone'];
  readonly #moveToTarpit: ConnectionOptions['moveToTarpit'];
  readonly #deadline: Deadline;
  #waiting: NodeJS.Timeout | undefined;
  #postponed: readonly Effect[] = [];
  #lingering: NodeJS.Timeout | undefined;
  #draft: Draft | undefined;
  #endedBy: SessionEnd | undefined;
  #endsWhenIdle = false;
  #hasHeardAll = false;
  #tlsFailure: TlsFailure | undefined;
  #awaitsReader = false;
  #overheard: Overheard | undefined;

  constructor(socket: Socket, settings: IntakeSettings, options: ConnectionOptions) {
    const { ends, tls, place, gone, moveToTarpit } = options;
    const { limits, intake, emit, newSessionId, now } = settings;
    this.#socket = socket;
    this.#raw = socket;
    this.#settings = settings;
    this.#gone = gone;
    this.#moveToTarpit = moveToTarpit;
    this.#place = place;
    this.#id = newSessionId();
    const opened = now();
    this.#opened = opened;
    this.#deadline = new Deadline(limits, opened);
    const { address: peer, port: peerPort } = ends.peer;
    const rules = settings.rules && this.#rulesOf(settings.rules, peer);
    this.#rules = rules;
    this.#session = new SmtpSession(settings, {
      address: peer,
      tls: tlsStates[tls],
      consult: rules && ((hook, moment) => rules.consult(hook, moment)),
    });
    this.#record = new SessionRecord(this.#id, ends, opened, this.#session);
    this.#session.slowDown(place.delay);
    emit({ event: 'session.opened', intake, session: this.#id, peer, peerPort });
    socket.on('close', () => this.#close());
    socket.on('end', () => this.#hear());
    socket.on('error', ignore);
    if (tls === 'implicit') this.#secure(() => this.#let((session) => session.greet()));
    else {
      this.#listenTo(socket);
      this.#perform(this.#session.greet());
    }
  }

  get session(): string {
    return this.#id;
  }

  /** What was said so far; from the first look on our side too. */
  overhear(): Dialogue {
    this.#overheard ??= new Overheard();
    const lines = this.#overheard.with(this.#session.commandsSeen);
    return { session: this.#id, peer: this.#record.ends.peer.address, open: true, lines };
  }

  /** What was said, without holding on to anything else of the session. */
  remembered(): () => Dialogue {
    const { commandsSeen } = this.#session;
    const [session, { address: peer }, overheard] = [this.#id, this.#record.ends.peer, this.#overheard];
    return () => ({ session, peer, open: false, lines: overheard?.with(commandsSeen) ?? linesOf(commandsSeen) });
  }

  endWhenIdle(): void {
    this.#endsWhenIdle = true;
    if (!this.#session.isBusy) this.endNow();
  }

  endNow(): void {
    this.#end('shutdown', 'shutdown');
  }

  /** To be called from time to time: ends the session of a peer that has used up one of its times. */
  check(now: number): void {
    if (this.#endedBy !== undefined) return;
    const { awaits, turn } = this.#session;
    // A peer that we keep waiting owes nothing meanwhile.
    const passed = this.#deadline.passed(now, { awaits: this.#waiting === undefined ? awaits : 'nothing', turn });
    if (passed === undefined) return;
    this.#tellLimit(passed);
    this.#end('timeout', 'timeout');
  }

  #end(occasion: 'timeout' | 'shutdown', why: SessionEnd): void {
    clearTimeout(this.#waiting);
    this.#waiting = undefined;
    const postponed = this.#postponed;
    this.#postponed = [];
    const effects = [...postponed, ...this.#session.end(occasion, why)];
    this.#perform(effects.filter((effect) => effect.do !== 'wait'));
  }

  #listenTo(socket: Socket): void {
    socket.on('data', (chunk) => this.#receive(chunk));
    // Who has read a proxy's words has left it paused.
    socket.resume();
  }

  #receive(chunk: Buffer): void {
    this.#deadline.heard(this.#settings.now());
    this.#let((session) => session.receive(chunk));
  }

  // A bug that one peer's bytes bring to light ends that peer's session and no other.
  #let(happen: (session: SmtpSession) => readonly Effect[]): void {
    try {
      this.#perform(happen(this.#session));
    } catch (error) {
      const { intake, emit } = this.#settings;
      this.#endedBy = 'fault';
      emit({ event: 'session.failed', intake, session: this.#id, detail: reason(error) });
      this.#socket.destroy();
    }
  }

  #perform(effects: readonly Effect[]): void {
    for (const [index, effect] of effects.entries()) {
      if (effect.do === 'wait') return this.#wait(effect.ms, effects.slice(index + 1));
      this.#do(effect);
    }
    if (this.#session.hasMoreToSay) this.#goOn();
    // A peer that waits for its answer sends nothing; only one that pipelines on has to be held up.
    if (this.#session.pendingInput > maxUnread) this.#socket.pause();
    if (this.#hasHeardAll) this.#hangUp();
    if (this.#endsWhenIdle && !this.#session.isBusy && this.#endedBy === undefined) this.endNow();
  }

  // With a peer that does not fetch its replies it goes on when they are fetched.
  #goOn(): void {
    if (this.#awaitsReader || this.#endedBy !== undefined) return;
    this.#perform(this.#session.proceed());
  }

  // Some clients close their side behind their last word, and still wait for every answer.
  #hear(): void {
    this.#hasHeardAll = true;
    this.#hangUp();
  }

  #hangUp(): void {
    if (this.#session.awaits !== 'nothing' && this.#waiting === undefined) this.#socket.end();
  }

  #do(effect: Exclude<Effect, { do: 'wait' }>): void {
    switch (effect.do) {
      case 'reply':
        return this.#reply(effect.text);
      case 'open':
        this.#draft = this.#settings.journal.draft();
        return;
      case 'content':
        return this.#keepPace(this.#draft?.write(effect.bytes));
      case 'finish':
        return void this.#finish(effect.message);
      case 'discard':
        return this.#abandonDraft();
      case 'startTls':
        return this.#secure();
      case 'tried': {
        const { intake, emit } = this.#settings;
        const { address: peer } = this.#record.ends.peer;
        return emit({ event: 'login.tried', intake, session: this.#id, peer, ...effect.credentials });
      }
      case 'limit':
        return this.#tellLimit(effect.limit);
      case 'close':
        this.#endedBy ??= effect.why;
        this.#socket.end();
        this.#lingering = setTimeout(() => this.#socket.destroy(), lingering).unref();
    }
  }

  // Meanwhile nothing is read, so that what the session has to say stays little.
  #wait(ms: number, rest: readonly Effect[]): void {
    this.#socket.pause();
    this.#postponed = rest;
    this.#waiting = setTimeout(() => {
      this.#waiting = undefined;
      this.#postponed = [];
      this.#let(() => rest);
      this.#resumeReading();
    }, ms);
  }

  #reply(text: string): void {
    if (!this.#socket.writable) return;
    this.#overheard?.reply(this.#settings.now() - this.#opened, text);
    this.#socket.write(text.isWellFormed() ? text : peerBytes(text));
    if (this.#socket.writableLength > maxUnread) this.#awaitReader();
  }

  #awaitReader(): void {
    this.#socket.pause();
    if (this.#awaitsReader) return;
    this.#awaitsReader = true;
    this.#socket.once('drain', () => {
      this.#awaitsReader = false;
      this.#let((session) => (session.hasMoreToSay ? session.proceed() : []));
      this.#resumeReading();
    });
  }

  #keepPace(ready: Promise<void> | undefined): void {
    if (ready === undefined) return;
    this.#socket.pause();
    void ready.then(() => this.#resumeReading());
  }

  #resumeReading(): void {
    if (!this.#socket.isPaused() || this.#waiting !== undefined || this.#awaitsReader) return;
    if (this.#session.pendingInput <= maxUnread) this.#socket.resume();
  }

  #secure(then?: () => void): void {
    const { intake, emit, secureContext } = this.#settings;
    const common = { intake, session: this.#id, peer: this.#record.ends.peer.address } as const;
    this.#raw.removeAllListeners('data');
    takeUpTls(this.#raw, secureContext!(), {
      done: (secure, facts) => {
        this.#socket = secure;
        this.#awaitsReader = false;
        secure.on('error', ignore);
        secure.on('end', () => this.#hear());
        this.#listenTo(secure);
        emit({ event: 'tls.started', ...common, ...facts });
        this.#let((session) => session.secured(facts));
        then?.();
      },
      failed: (failure) => {
        this.#tlsFailure = failure;
        emit({ event: 'tls.failed', ...common, ...failure });
      },
    });
  }

  async #finish(message: FinishedMessage): Promise<void> {
    const draft = this.#draft!;
    this.#draft = undefined;
    const settlement = await this.#keep(draft, message);
    this.#let((session) => session.settle(settlement));
    this.#resumeReading();
  }

  async #keep(draft: Draft, message: FinishedMessage): Promise<Settlement> {
    const { emit, intake, host, newQueueId } = this.#settings;
    const common = { intake, session: this.#id, peer: this.#record.ends.peer.address } as const;
    const evidence = this.#record.ofMessage(message);
    try {
      const { instead, ...judged } = await this.#judge(draft, message);
      const subject = subjectIn(draft.beginning);
      const queueId = newQueueId();
      const origin = { intake, envelope: message.envelope, queueId, host, evidence, ...judged };
      const { id, size, sha256, envelope } = await draft.accept(origin);
      const { from, to } = envelope;
      const said = { from, to: to[0] ?? '', recipients: to.length, subject };
      emit({ event: 'capture.accepted', ...common, id, ...said, size, sha256, ...told(judged) });
      return { kept: true, queueId, instead };
    } catch (error) {
      const why: UnavailableWhy = error instanceof JournalUnavailable ? error.why : 'failed';
      emit({ event: 'capture.refused', ...common, why, detail: reason(error) });
      return { kept: false, why: why === 'failed' ? 'failed' : 'full' };
    }
  }

  // A fault in the rules is no reason to lose a message.
  async #judge(draft: Draft, { envelope }: FinishedMessage): Promise<MessageJudgement> {
    try {
      return (await this.#rules?.judge(envelope, this.#session.moment, draft)) ?? {};
    } catch (error) {
      const { emit, intake } = this.#settings;
      emit({ event: 'rules.failed', intake, session: this.#id, detail: reason(error) });
      return {};
    }
  }

  #rulesOf(rules: RulesInForce, peer: string): SessionRules {
    const { intake, emit, persona } = this.#settings;
    return new SessionRules({
      rules,
      persona: persona.name,
      intake,
      session: this.#id,
      peer,
      emit,
      slowDown: (ms) => this.#slowDown(ms),
    });
  }

  // Who finds no place in the tarpit is answered as quickly as before: it must not take the place of another.
  #slowDown(ms: number): void {
    if (this.#moveToTarpit(this.#place)) this.#session.slowDown(ms);
    else this.#emitLimit(`${this.#settings.intake}.tarpit.slots`);
  }

  #abandonDraft(): void {
    const draft = this.#draft;
    this.#draft = undefined;
    // Nobody was promised this message; what cannot be removed now goes at the next start.
    void draft?.abandon().catch(() => undefined);
  }

  #tellLimit(limit: string): void {
    this.#emitLimit(`${this.#settings.intake}.limits.${limit}`);
  }

  #emitLimit(limit: string): void {
    const { emit, intake } = this.#settings;
    emit({ event: 'limit.reached', intake, session: this.#id, peer: this.#record.ends.peer.address, limit });
  }

  #close(): void {
    clearTimeout(this.#waiting);
    clearTimeout(this.#lingering);
    this.#session.leave();
    this.#abandonDraft();
    const { journal, emit, intake, now } = this.#settings;
    const endedBy = this.#endedBy ?? 'peer';
    this.#endedBy = endedBy;
    this.#gone(this, { place: this.#place, endedBy });
    const facts = this.#record.atEnd({
      intake,
      endedBy,
      closed: now(),
      bytesIn: this.#raw.bytesRead,
      tlsFailure: this.#tlsFailure,
      rules: this.#rules?.matches ?? [],
    });
    const { session, messages, commands, errors, helo, scan } = facts;
    const peer = facts.peer.address;
    emit({ event: 'session.closed', session, intake, endedBy, messages, commands, errors, peer, helo, scan });
    journal.note(facts);
  }
}
