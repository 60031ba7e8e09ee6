import type { PeerText } from '../capture/capture.ts';
import type { SmtpLimits } from './limits.ts';
import { isFarewell } from './ruling.ts';
import { fill, type AnyOccasion, type Persona, type RareOccasion, type ReplyWords, type Tally } from './persona.ts';

export interface Spoken {
  /** Whole lines, CRLF included. */
  readonly text: PeerText;
  /** Milliseconds before it is said. */
  readonly delay: number;
}

interface Counted {
  readonly tally: Tally;
  count: number;
}

const none: readonly Counted[] = [];

/** Finds the persona's words, and keeps count of how often it had to refuse. */
export class Speaker {
  readonly #persona: Persona;
  readonly #words: Record<string, string>;
  readonly #mostRefusals: number;
  readonly #tallies: readonly Counted[];
  #refusals = 0;
  #isFedUp = false;
  #pace = 0;

  constructor(persona: Persona, words: Record<string, string>, limits: SmtpLimits) {
    this.#persona = persona;
    this.#words = words;
    this.#mostRefusals = limits.errors ?? persona.manners.refusals ?? Infinity;
    const { tallies } = persona.manners;
    this.#tallies = tallies.length === 0 ? none : tallies.map((tally) => ({ tally, count: 0 }));
  }

  get refusals(): number {
    return this.#refusals;
  }

  /** Whether the last reply was also the session's last. */
  get isFedUp(): boolean {
    return this.#isFedUp;
  }

  /** Whether there were as many refusals as may be; then that is said, and no more. */
  get hasRefusedEnough(): boolean {
    return this.#refusals >= this.#mostRefusals;
  }

  knows(occasion: RareOccasion): boolean {
    return this.#persona.replies[occasion] !== undefined;
  }

  /** From now on every reply comes so much later. */
  slowDown(ms: number): void {
    this.#pace = Math.max(this.#pace, ms);
  }

  remember(word: 'helo', text: PeerText): void {
    this.#words[word] = inOneLine({ text })['text']!;
  }

  say(occasion: AnyOccasion, words?: ReplyWords): Spoken {
    const { replies } = this.#persona;
    const template = replies[occasion] ?? replies.unknown;
    return this.#reply(occasion, template.includes('{') ? this.#text(template, words && inOneLine(words)) : template);
  }

  /** Says a welcome and what is offered. */
  sayFeatures(lines: readonly string[]): Spoken {
    return this.#reply('ehlo', lines.join('\n'));
  }

  /** Says a reply that somebody else has chosen. */
  sayInstead(reply: string, words?: ReplyWords): Spoken {
    const text = this.#text(reply, words && inOneLine(words));
    if (isRefusal(text)) this.countRefusal();
    return { text: this.#lines(text), delay: this.#delay() };
  }

  /** Says what is no reply of the persona's own. */
  sayLines(lines: readonly string[]): Spoken {
    return { text: this.#lines(lines.join('\n')), delay: this.#delay() };
  }

  fill(template: string, words?: ReplyWords): string {
    return this.#text(template, words);
  }

  /** Also for what is answered kindly and taken badly all the same. */
  countRefusal(): void {
    this.#refusals++;
  }

  #reply(occasion: AnyOccasion, usual: string): Spoken {
    const delay = this.#delay(occasion);
    const last = this.#count(occasion);
    let text = usual;
    if (last === undefined) {
      if (isRefusal(text)) this.countRefusal();
    } else text = this.#text(last, { reply: text, code: text.slice(0, 3), continued: continued(text) });
    if (isFarewell(text)) this.#isFedUp = true;
    return { text: this.#lines(text), delay };
  }

  #count(occasion: AnyOccasion): string | undefined {
    for (const counted of this.#tallies) {
      if (!counted.tally.of.includes(occasion) || ++counted.count < counted.tally.limit) continue;
      this.#isFedUp = true;
      return counted.tally.last;
    }
    return undefined;
  }

  #delay(occasion?: AnyOccasion): number {
    const { slow, late } = this.#persona.manners;
    const lateness = (occasion && late?.[occasion]) ?? 0;
    return lateness + (slow && this.#refusals >= slow.after ? Math.max(slow.ms, this.#pace) : this.#pace);
  }

  #text(template: string, words?: ReplyWords): string {
    return fill(template, words ? { ...this.#words, ...words } : this.#words);
  }

  #lines(text: string): string {
    return text.includes('\n') ? `${text.replaceAll('\n', '\r\n')}\r\n` : `${text}\r\n`;
  }
}

/** What a peer said may not end a line of ours: only the CR is left to it, but some clients take that for an end. */
function inOneLine(words: ReplyWords): ReplyWords {
  const values = Object.values(words);
  if (!values.some((value) => /[\r\n]/.test(value))) return words;
  return Object.fromEntries(Object.entries(words).map(([word, value]) => [word, value.replaceAll(/[\r\n]/g, '?')]));
}

/** A farewell is none: it may have nothing to do with what the peer did. */
function isRefusal(text: string): boolean {
  return (text.startsWith('4') || text.startsWith('5')) && !text.startsWith('421');
}

/** The same reply with more lines to come. */
function continued(reply: string): string {
  const last = reply.lastIndexOf('\n') + 1;
  return `${reply.slice(0, last + 3)}-${reply.slice(last + 4)}`;
}
