import { announced } from '../capability.ts';
import { decodeFrame, publishEnds } from '../wire/decode.ts';
import { encodeFrame } from '../wire/encode.ts';
import { type Frame, headerBytes, type RawFrame, WireError } from '../wire/frame.ts';
import { isAuthDigest } from '../wire/secret.ts';
import { mayPublish, maySubscribe } from './permissions.ts';
import type { User, Users } from './user.ts';

/** Why a client was sent away; these words are labels of a metric. */
export type RefusalCategory =
  | 'invalid-first-message'
  | 'invalid-ident'
  | 'invalid-secret'
  | 'ident-mismatch-pub'
  | 'no-pub-permission'
  | 'no-sub-permission'
  | 'deadline-timer-expired'
  | 'protocol-error'
  | 'too-many-connections';

export interface Refusal {
  readonly category: RefusalCategory;
  /** What the client is told. The words of the reference where it has some, because clients look for them. */
  readonly text: string;
  readonly channel?: string;
}

/** What a client's frames do. */
export interface Surface<Route> {
  say(bytes: Buffer): void;
  /** Tells the client why, and ends the connection. */
  refuse(refusal: Refusal): void;
  /** Returns what speaks against one more connection of this user. */
  welcome(user: User): Refusal | undefined;
  subscribe(channel: string): void;
  unsubscribe(channel: string): void;
  /** Where what is published on a channel goes. */
  route(channel: string): Route;
  publish(route: Route, frame: Buffer): void;
}

export interface ConversationSettings {
  readonly name: string;
  readonly nonce: Buffer;
  /** The time of the greeting. */
  readonly now: number;
  readonly users: Users;
}

/** Nobody has it; but to find that out takes as long as it does for somebody's. */
const nobodysSecret = 'nobody';
const noHead = Buffer.alloc(0);

/** What a broker says and does on one connection, without a socket: frames come in, and the surface is what happens. */
export class Conversation<Route> {
  readonly #settings: ConversationSettings;
  readonly #surface: Surface<Route>;
  readonly #channels = new Set<string>();
  #user: User | undefined;
  #isOver = false;
  /** Both names of the last PUBLISH as they came, and where it went: most are like the one before. */
  #head = noHead;
  #route: Route | undefined;

  constructor(settings: ConversationSettings, surface: Surface<Route>) {
    this.#settings = settings;
    this.#surface = surface;
  }

  get user(): User | undefined {
    return this.#user;
  }

  begin(): void {
    const { name, nonce, now } = this.#settings;
    this.#surface.say(encodeFrame({ operation: 'info', broker: announced(name, now), nonce }));
  }

  take(frame: RawFrame): void {
    if (this.#isOver) return;
    try {
      if (this.#user === undefined) this.#introduce(frame);
      else if (frame.operation === 'publish') this.#publish(frame, this.#user);
      else this.#command(decodeFrame(frame), this.#user);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.fail(error);
    }
  }

  /** What came is no frame. */
  fail(error: WireError): void {
    this.#refuse({ category: 'protocol-error', text: `Protocol error: ${error.message}` });
  }

  /** Whoever has lost a right loses what came with it at once. */
  usersChanged(): void {
    const { ident, secret } = this.#user ?? {};
    if (ident === undefined || this.#isOver) return;
    this.#head = noHead;
    const user = this.#settings.users.find(ident);
    if (user === undefined) return this.#refuse(unknown(ident));
    if (user.secret !== secret) return this.#refuse(wrongSecret(ident));
    this.#user = user;
    const lost = [...this.#channels].find((channel) => !maySubscribe(user, channel));
    if (lost !== undefined) this.#refuse(noSubscribing(ident, lost));
  }

  #introduce(frame: RawFrame): void {
    const { users, nonce } = this.#settings;
    if (frame.operation !== 'auth') {
      return this.#refuse({ category: 'invalid-first-message', text: 'First message was not AUTH' });
    }
    const { ident, digest } = decodeFrame(frame) as Extract<Frame, { operation: 'auth' }>;
    const user = users.find(ident);
    const isRight = isAuthDigest(digest, nonce, user?.secret ?? nobodysSecret);
    if (user === undefined) return this.#refuse(unknown(ident));
    if (!isRight) return this.#refuse(wrongSecret(ident));
    const objection = this.#surface.welcome(user);
    if (objection) return this.#refuse(objection);
    this.#user = user;
  }

  #publish({ bytes }: RawFrame, user: User): void {
    // Not decoded when its names are those of the one before.
    if (!this.#isLikeBefore(bytes)) {
      const { channelEnd } = publishEnds(bytes);
      const { ident, channel } = decodeFrame({ operation: 'publish', bytes }) as Extract<Frame, { payload: Buffer }>;
      if (ident !== user.ident) return this.#refuse({ ...wrongSecret(ident), category: 'ident-mismatch-pub' });
      if (!mayPublish(user, channel)) return this.#refuse(noPublishing(ident, channel));
      this.#head = Buffer.from(bytes.subarray(headerBytes, channelEnd));
      this.#route = this.#surface.route(channel);
    }
    this.#surface.publish(this.#route!, bytes);
  }

  #isLikeBefore(bytes: Buffer): boolean {
    const { length } = this.#head;
    if (length === 0 || bytes.length < headerBytes + length) return false;
    return bytes.compare(this.#head, 0, length, headerBytes, headerBytes + length) === 0;
  }

  // The ident is not looked at, as in the reference: there are clients that put another one there.
  #command(frame: Frame, user: User): void {
    switch (frame.operation) {
      case 'subscribe':
        if (!maySubscribe(user, frame.channel)) return this.#refuse(noSubscribing(user.ident, frame.channel));
        if (this.#channels.has(frame.channel)) return;
        this.#channels.add(frame.channel);
        return this.#surface.subscribe(frame.channel);
      case 'unsubscribe':
        if (this.#channels.delete(frame.channel)) this.#surface.unsubscribe(frame.channel);
        return;
      default:
        return this.#refuse({ category: 'protocol-error', text: `Protocol error: unexpected "${frame.operation}"` });
    }
  }

  #refuse(refusal: Refusal): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#surface.refuse(refusal);
  }
}

function unknown(ident: string): Refusal {
  return { category: 'invalid-ident', text: `Authentication failed for ${ident}` };
}

function wrongSecret(ident: string): Refusal {
  return { category: 'invalid-secret', text: `Invalid authkey in message, ident=${ident}` };
}

function noPublishing(ident: string, channel: string): Refusal {
  const text = `Authkey not allowed to pub here. ident=${ident}, chan=${channel}`;
  return { category: 'no-pub-permission', text, channel };
}

function noSubscribing(ident: string, channel: string): Refusal {
  const text = `Authkey not allowed to sub here. ident=${ident}, chan=${channel}`;
  return { category: 'no-sub-permission', text, channel };
}
