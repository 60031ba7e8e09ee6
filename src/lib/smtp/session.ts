import type {
  CommandSeen,
  ForwardedFacts,
  MailProtocol,
  PeerText,
  SessionEnd,
  TlsFacts,
  TriedCredentials,
} from '../capture/capture.ts';
import { peerText } from '../text/peer-text.ts';
import { mailDate } from '../text/time.ts';
import type { Chunk } from './chunk.ts';
import { CommandLog } from './command-log.ts';
import { DataReader } from './data-reader.ts';
import type { AuthState, Dialogue, SessionCounts, TlsState } from './dialogue.ts';
import type { Effect, Settlement } from './effect.ts';
import type { SmtpLimit, SmtpLimits } from './limits.ts';
import { IncomingMessage } from './incoming-message.ts';
import { JunkTally } from './junk-tally.ts';
import type { Grammar } from './grammar.ts';
import { grammars } from './grammars.ts';
import { LineReader, type LineLimit } from './line-reader.ts';
import { Login, type LoginSettings, type LoginStep } from './login.ts';
import { Outbox } from './outbox.ts';
import type { AnyOccasion, Persona, RareOccasion, ReplyWords } from './persona.ts';
import { isFarewell, isKind, type Consult, type Ruled, type SessionHook, type SessionMoment } from './ruling.ts';
import { Speaker, type Spoken } from './speaker.ts';
import type { Transaction } from './transaction.ts';
import type { Dialect } from './verbs.ts';

const nothing = Buffer.alloc(0);
/** What some servers still take between two chunks of a message. */
const amongChunks = ['BDAT', 'RSET', 'NOOP', 'QUIT'];

/** What Postfix reads of an answer in a login; a token may be longer than any command. */
const mostLoginLine = 12_288;

/** A few bytes may ask for thousands in return; what nobody fetches is not said on and on. */
const mostSaid = 64 * 2 ** 10;

/** What the session is waiting for. */
type Phase = 'command' | 'data' | 'chunk' | 'handshake' | 'settlement' | 'nothing';

/** What all sessions of a server have in common. */
export interface SessionSettings {
  readonly persona: Persona;
  readonly dialect: Dialect;
  readonly host: string;
  readonly limits: SmtpLimits;
  readonly login: LoginSettings;
  /** Whether mail for this address is taken; what is asked is the path as the peer gave it. */
  readonly takes: (recipient: PeerText) => boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface SessionPeer {
  readonly address: string;
  /** Where TLS is active from the beginning, nothing is said before secured(). */
  readonly tls: TlsState;
  /** Who is asked at each moment of the session; without it nobody. */
  readonly consult?: Consult | undefined;
}

/**
 * One SMTP or LMTP session as a pure state machine: bytes go in, effects come out. It owns no socket and no clock, so
 * every dialogue and every timing can be played in a test.
 */
export class SmtpSession implements Dialogue {
  readonly #settings: SessionSettings;
  readonly grammar: Grammar;
  readonly #speaker: Speaker;
  readonly #consult: Consult | undefined;
  readonly #commands = new CommandLog();
  readonly #lines = new LineReader();
  readonly #opened: number;
  #commandCount = 0;
  #messageCount = 0;
  #phase: Phase;
  #input: Buffer = nothing;
  readonly #out = new Outbox();
  #transaction: Transaction | undefined;
  #message: IncomingMessage | undefined;
  #data: DataReader | undefined;
  #chunk: Chunk | undefined;
  #greeting: { readonly verb: 'HELO' | 'EHLO' | 'LHLO'; readonly name: PeerText } | undefined;
  #tls: TlsState;
  #tlsFacts: TlsFacts | undefined;
  #forwarded: ForwardedFacts | undefined;
  #lastRejected: string | undefined;
  #login: Login | undefined;
  #junk: JunkTally | undefined;
  #isHeldBack = false;
  #dismissed = false;

  constructor(settings: SessionSettings, { address, tls, consult }: SessionPeer) {
    const { persona, host, limits, now } = settings;
    this.#settings = settings;
    this.grammar = grammars[persona.grammar];
    this.#tls = tls;
    this.#consult = consult;
    this.#phase = tls === 'active' ? 'handshake' : 'command';
    this.#opened = now();
    this.#speaker = new Speaker(persona, { host, peer: address, size: String(limits.messageSize) }, limits);
  }

  // What is known of the peer so far.

  get helo(): PeerText | undefined {
    return this.#greeting?.name;
  }

  get protocol(): MailProtocol {
    if (this.#greeting === undefined || this.#greeting.verb === 'HELO') return 'SMTP';
    const name = this.#greeting.verb === 'LHLO' ? 'LMTP' : 'ESMTP';
    return `${name}${this.#tls === 'active' ? 'S' : ''}${this.#login?.isDone ? 'A' : ''}`;
  }

  get tlsFacts(): TlsFacts | undefined {
    return this.#tlsFacts;
  }

  get credentials(): readonly TriedCredentials[] {
    return this.#login?.tried ?? [];
  }

  /** The first commands of the session. */
  get commandsSeen(): readonly CommandSeen[] {
    return this.#commands.first;
  }

  /** All of it, for somebody who has a word to say. */
  get moment(): SessionMoment {
    const { from, to = [] } = this.#transaction ?? {};
    const { helo, protocol, credentials, counts } = this;
    return { helo, protocol, tls: this.#tls === 'active', credentials, from, to, counts };
  }

  get counts(): SessionCounts {
    return { commands: this.#commandCount, errors: this.#speaker.refusals, messages: this.#messageCount };
  }

  /** Bytes that came in before the session was ready for them. */
  get pendingInput(): number {
    return this.#phase === 'settlement' || this.#isHeldBack ? this.#input.length : 0;
  }

  /** Whether a message is under way that the peer still expects an answer to. */
  get isBusy(): boolean {
    return this.#phase === 'settlement' || this.#transaction !== undefined;
  }

  /** What the peer owes us: a command, the content of a message, a handshake; nothing while we owe an answer. */
  get awaits(): 'command' | 'content' | 'handshake' | 'nothing' {
    if (this.#phase === 'handshake') return 'handshake';
    if (this.#phase === 'settlement' || this.#phase === 'nothing') return 'nothing';
    // Also between two chunks.
    return this.#message === undefined ? 'command' : 'content';
  }

  /** Another number whenever the peer owes something new. */
  get turn(): number {
    return this.#message === undefined ? this.#commandCount : -this.#messageCount;
  }

  /** Whether there is more to answer than could be said at once; see proceed(). */
  get hasMoreToSay(): boolean {
    return this.#isHeldBack;
  }

  // What happens to the session.

  greet(): Effect[] {
    const ruled = this.ask('connect');
    const tellsTime = this.#settings.persona.replies.greeting.includes('{date}');
    if (ruled === 'asUsual') this.say('greeting', tellsTime ? { date: mailDate(this.#opened) } : undefined);
    if (ruled === 'refused') this.close('rule');
    return this.#out.take();
  }

  receive(chunk: Buffer): Effect[] {
    // RFC 3207: what came in clear behind STARTTLS was said by somebody else.
    if (this.#phase === 'nothing' || this.#phase === 'handshake') return [];
    this.#input = this.#input.length === 0 ? chunk : Buffer.concat([this.#input, chunk]);
    this.#consume();
    return this.#out.take();
  }

  /** The finished message was kept, or it was not; the dialogue goes on with what came in meanwhile. */
  settle(settlement: Settlement): Effect[] {
    if (this.#phase !== 'settlement') return [];
    const verdict = this.#verdict(settlement);
    if (settlement.kept && settlement.instead !== undefined) this.#answerInstead(settlement.instead, verdict[1]);
    else this.#answer(...verdict);
    this.#endMessage();
    this.#endIfFedUp();
    this.#consume();
    return this.#out.take();
  }

  /** To be called when the peer has fetched what was said, as long as there is more. */
  proceed(): Effect[] {
    this.#consume();
    return this.#out.take();
  }

  /** The peer is gone: nothing begins any more, also when its last message is settled. What it began to say is kept. */
  leave(): void {
    if (this.#phase === 'command' && this.#input.length > 0) this.#see(peerText(this.#input));
    this.#input = nothing;
    this.#phase = 'nothing';
  }

  /** TLS is up: all that was said in clear is forgotten (RFC 3207). */
  secured(facts: TlsFacts): Effect[] {
    if (this.#phase !== 'handshake') return [];
    this.#tls = 'active';
    this.#tlsFacts = facts;
    this.#phase = 'command';
    this.#greeting = undefined;
    this.#login?.forget();
    return this.#out.take();
  }

  /** From now on every reply comes late. */
  slowDown(ms: number): void {
    this.#speaker.slowDown(ms);
  }

  /** Ends the session from our side. */
  end(occasion: 'timeout' | 'shutdown' | 'tooManyConnections', why: SessionEnd): Effect[] {
    // In the middle of a handshake nobody would understand a word.
    if (this.#phase !== 'handshake') this.say(occasion);
    this.close(why);
    return this.#out.take();
  }

  // What follows is Dialogue: the session as the verbs see it.

  get transaction(): Transaction | undefined {
    return this.#transaction;
  }

  get limits(): SmtpLimits {
    return this.#settings.limits;
  }

  get tls(): TlsState {
    return this.#tls;
  }

  get auth(): AuthState {
    const { offer } = this.#settings.login;
    if (this.#login?.isDone) return 'done';
    if (offer === 'never') return 'disabled';
    return offer === 'secure' && this.#tls !== 'active' ? 'needsTls' : 'offered';
  }

  get introducedWith(): 'HELO' | 'EHLO' | 'LHLO' | undefined {
    return this.#greeting?.verb;
  }

  get hasChunks(): boolean {
    return this.#message !== undefined;
  }

  get lastRejected(): string | undefined {
    return this.#lastRejected;
  }

  ask(hook: SessionHook, given?: () => Partial<SessionMoment>): Ruled {
    const reply = this.#consult?.(hook, () => ({ ...this.moment, ...given?.() }))?.reply;
    if (reply === undefined) return 'asUsual';
    this.#sayInstead(reply);
    return isKind(reply) ? 'answered' : 'refused';
  }

  knows(occasion: RareOccasion): boolean {
    return this.#speaker.knows(occasion);
  }

  say(occasion: AnyOccasion, words?: ReplyWords): void {
    this.#speak(this.#speaker.say(occasion, words));
  }

  refuseRecipient(occasion: AnyOccasion, words?: ReplyWords): void {
    const spoken = this.#speaker.say(occasion, words);
    this.#lastRejected = spoken.text.trimEnd();
    this.#speak(spoken);
  }

  refuseFor(limit: SmtpLimit, occasion: AnyOccasion, words?: ReplyWords): void {
    this.say(occasion, words);
    this.#out.reach(limit);
  }

  sayFeatures(): void {
    const hidden = [...(this.#tls === 'offered' ? [] : ['STARTTLS']), ...(this.#offersAuth ? [] : ['AUTH'])];
    const features = this.#settings.persona.features.filter((line) => !hidden.includes(line.split(' ', 1)[0]!));
    const { ehlo } = this.#settings.persona.replies;
    const mechanisms = this.#settings.persona.mechanisms.join(' ');
    const texts = [ehlo.slice('250 '.length), ...features].map((line) => this.#speaker.fill(line, { mechanisms }));
    const last = texts.length - 1;
    const lines = texts.map((text, index) => `250${index === last ? ' ' : '-'}${text}`);
    this.#speak(this.#speaker.sayFeatures(lines));
  }

  introduce(verb: 'HELO' | 'EHLO' | 'LHLO', name: PeerText): void {
    this.#greeting = { verb, name };
    this.#speaker.remember('helo', name);
    this.reset();
  }

  begin(transaction: Transaction): void {
    this.#transaction = transaction;
  }

  reset(): void {
    this.#message?.drop();
    this.#message = undefined;
    this.#data = undefined;
    this.#transaction = undefined;
    this.#lastRejected = undefined;
  }

  expectContent(): void {
    this.#phase = 'data';
    this.#data = new DataReader();
    this.#open();
  }

  expectChunk(chunk: Chunk): void {
    if (this.#transaction?.to.length && this.#message === undefined) this.#open();
    this.#phase = 'chunk';
    this.#chunk = chunk;
    if (chunk.isComplete) this.#endChunk(chunk);
  }

  authenticate(mechanism: string, initial: PeerText | undefined): void {
    const { login, persona } = this.#settings;
    this.#login ??= new Login(login, persona.mechanisms, (tried) =>
      this.#consult?.('auth', () => ({ ...this.moment, credentials: [...this.credentials, tried] })),
    );
    this.#take(this.#login.begin(mechanism, initial));
  }

  startTls(): void {
    this.#phase = 'handshake';
    this.#input = nothing;
    this.reset();
    this.#out.do({ do: 'startTls' });
  }

  forward(facts: ForwardedFacts): void {
    this.#forwarded = { ...this.#forwarded, ...facts };
  }

  takes(recipient: PeerText): boolean {
    return this.#settings.takes(recipient);
  }

  close(why: SessionEnd): void {
    if (this.#phase === 'nothing') return;
    if (this.#phase !== 'settlement') this.reset();
    this.#phase = 'nothing';
    this.#input = nothing;
    this.#out.do({ do: 'close', why });
  }

  // Reading.

  #consume(): void {
    let at = 0;
    this.#isHeldBack = false;
    while (at < this.#input.length) {
      if (this.#out.said > mostSaid) {
        this.#isHeldBack = true;
        break;
      }
      const before = at;
      const phase = this.#phase;
      if (phase === 'data') at = this.#consumeData(at);
      else if (phase === 'chunk') at = this.#consumeChunk(at);
      else if (phase === 'command') at = this.#consumeLine(at);
      if (at === before) break;
    }
    this.#input = at >= this.#input.length ? nothing : this.#input.subarray(at);
  }

  #consumeLine(at: number): number {
    const reading = this.#lines.read(this.#input, at, this.#lineLimit);
    switch (reading.is) {
      case 'passedOver':
        return reading.next;
      case 'incomplete':
        if (reading.kept === this.#input) return at;
        this.#out.reach('commandLine');
        this.#input = reading.kept;
        return 0;
      case 'tooLong':
        this.#refuseLongLine();
        return reading.next;
      case 'line':
        if (reading.isCut) this.#out.reach('commandLine');
        this.#line(reading.line, reading.next < this.#input.length);
        return reading.next;
    }
  }

  #refuseLongLine(): void {
    const isInLogin = this.#isInLogin;
    this.#out.reach('commandLine');
    this.#commandCount++;
    this.#login?.giveUp();
    this.say(isInLogin && this.knows('authLineTooLong') ? 'authLineTooLong' : 'lineTooLong');
    this.#endIfFedUp();
  }

  get #lineLimit(): LineLimit {
    const { line } = this.#settings.persona.manners;
    const most = this.limits.commandLine ?? line.most;
    return this.#isInLogin ? { most: Math.max(most, mostLoginLine), beyond: 'refused' } : { most, beyond: line.beyond };
  }

  get #isInLogin(): boolean {
    return this.#login?.isUnderWay ?? false;
  }

  #line(line: PeerText, hasFollower: boolean): void {
    if (this.#login?.isUnderWay) this.#take(this.#login.answer(line));
    else this.#command(line, hasFollower);
    this.#endIfFedUp();
  }

  #command(line: PeerText, hasFollower: boolean): void {
    this.#commandCount++;
    this.#see(line);
    if (this.#commandCount > this.limits.commands) return this.#endFor('commands', 'tooManyCommands');
    const read = this.grammar.command(line);
    switch (read.is) {
      case 'foreign':
        return this.#endWith('notSmtp');
      case 'refused':
        return this.say(read.occasion, read.words);
      case 'command':
        this.#obey(read.verb, read.argument, hasFollower);
    }
  }

  #see(line: PeerText): void {
    this.#commands.add(this.#settings.now() - this.#opened, line);
  }

  #obey(verb: string, argument: PeerText, hasFollower: boolean): void {
    const { manners } = this.#settings.persona;
    const isOutOfTurn = hasFollower && this.#greeting?.verb === 'HELO' && manners.inTurn?.includes(verb);
    if (isOutOfTurn && this.knows('outOfTurn')) return this.#endWith('outOfTurn');
    if (!this.#bearsJunk(verb)) return;
    if (this.hasChunks && this.knows('onlyChunks') && !amongChunks.includes(verb)) {
      this.#message!.spoil();
      return this.say('onlyChunks');
    }
    const known = this.#settings.dialect.verbs.get(verb);
    if (known) known(this, argument);
    else this.say('unknown');
  }

  /** Whether the session goes on. */
  #bearsJunk(verb: string): boolean {
    const { junk } = this.#settings.persona.manners;
    if (!junk?.commands.includes(verb)) return true;
    this.#junk ??= new JunkTally(junk, this.limits.junk);
    const verdict = this.#junk.judge(verb);
    if (verdict === 'borne') return true;
    this.#out.reach('junk');
    if (verdict === 'refusal') {
      this.#speaker.countRefusal();
      return true;
    }
    this.#speak(this.#speaker.sayLines([this.#speaker.fill(junk.last!)]));
    this.close('limit');
    return false;
  }

  #consumeData(at: number): number {
    const end = this.#data!.read(this.#input, at, (content) => this.#message!.take(content));
    if (end < 0) return this.#input.length;
    this.#finish();
    this.#endIfFedUp();
    return end;
  }

  #consumeChunk(at: number): number {
    const chunk = this.#chunk!;
    const end = chunk.read(this.#input, at, (content) => this.#message?.take(content));
    if (chunk.isComplete) {
      this.#endChunk(chunk);
      this.#endIfFedUp();
    }
    return end;
  }

  // Messages.

  #endChunk(chunk: Chunk): void {
    this.#phase = 'command';
    const message = this.#message;
    if (message === undefined) return this.#refuseChunk();
    const bytes = String(chunk.size);
    if (chunk.size === 0 && !chunk.isLast && this.knows('chunkNull')) {
      message.spoil();
      this.say('chunkNull');
    } else if (message.isSpoilt) {
      this.#endOfChunk(chunk, 'chunkDiscarded', { bytes });
    } else if (message.excess) {
      const { limit, refusal } = message.excess;
      message.spoil();
      this.#out.reach(limit);
      this.#endOfChunk(chunk, this.knows('chunkTooBig') ? 'chunkTooBig' : refusal);
    } else if (chunk.isLast) this.#finish();
    else this.say('chunk', { bytes });
  }

  #endOfChunk(chunk: Chunk, occasion: AnyOccasion, words?: ReplyWords): void {
    if (!chunk.isLast) return this.say(occasion, words);
    this.#answer(occasion, words);
    this.#endMessage();
  }

  #refuseChunk(): void {
    const words = { rejected: this.#lastRejected ?? '' };
    if (!this.#transaction) return this.say('chunkNeedsMail', words);
    this.say(this.#lastRejected === undefined ? 'chunkNeedsRcpt' : 'chunkNoValidRcpt', words);
    this.reset();
  }

  #open(): void {
    this.#message = new IncomingMessage(this.limits, (effect) => this.#out.do(effect));
  }

  #finish(): void {
    const { from, to, parameters } = this.#transaction!;
    const { excess, traits } = this.#message!;
    if (excess) {
      this.#out.reach(excess.limit);
      this.#answer(excess.refusal);
      return this.#endMessage();
    }
    this.#phase = 'settlement';
    this.#message!.handOver();
    const commands = this.#commands.takeRecent();
    const message = { envelope: { from, to }, parameters, commands, traits, forwarded: this.#forwarded };
    this.#out.do({ do: 'finish', message });
  }

  #verdict(settlement: Settlement): readonly [AnyOccasion, ReplyWords?] {
    if (!settlement.kept) return [settlement.why === 'full' ? 'storageFull' : 'storageFailed'];
    const bytes = String(this.#message!.lengthOfLines);
    const words = { id: settlement.queueId, bytes, chunk: String(this.#chunk?.size ?? 0) };
    return [this.#data === undefined ? 'queuedChunks' : 'queued', words];
  }

  /** What becomes of a message is said once, or to LMTP for each recipient. */
  get #answers(): number {
    return this.#settings.dialect.answers === 'perRecipient' ? this.#transaction!.to.length : 1;
  }

  #answer(occasion: AnyOccasion, words?: ReplyWords): void {
    for (let count = this.#answers; count > 0; count--) this.say(occasion, words);
  }

  #answerInstead(reply: string, words?: ReplyWords): void {
    for (let count = this.#answers; count > 0; count--) this.#sayInstead(reply, words);
  }

  #endMessage(): void {
    this.#messageCount++;
    this.#junk?.forgive();
    this.#phase = 'command';
    this.#forwarded = undefined;
    this.reset();
  }

  // Logging in.

  #take(step: LoginStep): void {
    if (step.tried) this.#out.do({ do: 'tried', credentials: step.tried });
    if (step.is === 'prompt') this.#speak(this.#speaker.sayLines([`334 ${step.text}`]));
    else if (step.instead === undefined) this.say(step.occasion, step.words);
    else this.#sayInstead(step.instead);
  }

  get #offersAuth(): boolean {
    return this.auth === 'offered' || this.auth === 'done';
  }

  // Asking others.

  #sayInstead(reply: string, words?: ReplyWords): void {
    this.#speak(this.#speaker.sayInstead(reply, words));
    if (isFarewell(reply)) this.#dismissed = true;
  }

  // Ending.

  #endIfFedUp(): void {
    if (this.#phase === 'nothing') return;
    if (this.#dismissed) return this.close('rule');
    if (this.#speaker.hasRefusedEnough) this.say('tooManyErrors');
    else if (!this.#speaker.isFedUp) return;
    this.#out.reach('errors');
    this.close('limit');
  }

  #endFor(limit: SmtpLimit, occasion: AnyOccasion): void {
    this.#out.reach(limit);
    this.#endWith(occasion);
  }

  #endWith(occasion: AnyOccasion): void {
    this.say(occasion);
    this.close('limit');
  }

  #speak(spoken: Spoken): void {
    if (this.#phase !== 'nothing') this.#out.speak(spoken);
  }
}
