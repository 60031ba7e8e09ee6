import { createHmac } from 'node:crypto';
import { bearerToken } from '../support/real-dovecot-auth.ts';
import { Conversation, type Heard } from './conversation.ts';
import type { Script, Section, Step } from './script.ts';

export interface Recorded {
  readonly port: number;
  /** Where TLS begins with the first byte. */
  readonly tlsPort: number;
  readonly host: string;
}

/** Longer than any server here thinks about an answer. */
const patience = 12_000;
/** A server that starts a process for each connection may be late on a busy machine; none greets with silence. */
const untilGreeting = 60_000;
/** After these it may close, and a transcript says whether it did. */
const mayClose = /^(?:221|421|521|554)|^5\d\d-| Too many /;
const closesWithinMs = 700;
/** After these it will, and only a busy machine takes its time. */
const takesLeave = /^[24]21/;
const closesAtLastWithinMs = 10_000;
/** For what nobody asked for: further replies to content that was taken for commands. */
const settlesWithinMs = 150;
const silenceMs = 1_000;
const casesAtOnce = 5;

/** Plays a script to a server; returns the transcript, with everything that differs from day to day made the same. */
export async function record(script: Script, server: Recorded): Promise<string> {
  const lines = [`# ${script.name}`];
  for (const section of script.sections) lines.push('', ...(await recordSection(section, server)));
  return `${lines.join('\n')}\n`;
}

async function recordSection(section: Section, server: Recorded): Promise<string[]> {
  const lines = [`--- ${section.title}${section.tlsFirst ? ' (tls)' : section.early ? ' (early)' : ''}`];
  let usual: string | undefined;
  for (const { preamble, dialogue } of await recordCases(section, server)) {
    // Whatever all cases begin with is said once, unless it is not the same.
    if (withoutDelays(preamble.join('\n')) !== usual) lines.push(...preamble);
    usual ??= withoutDelays(preamble.join('\n'));
    if (section.cases.length > 1) lines.push('');
    lines.push(...dialogue);
  }
  return lines;
}

interface RecordedCase {
  readonly preamble: readonly string[];
  readonly dialogue: readonly string[];
}

/** Several at a time: they consist of waiting. */
async function recordCases(section: Section, server: Recorded): Promise<RecordedCase[]> {
  const recorded: RecordedCase[] = [];
  const waiting = section.cases.entries();
  const work = async () => {
    for (const [index, steps] of waiting) recorded[index] = await recordCase(section, steps, server);
  };
  await Promise.all(Array.from({ length: casesAtOnce }, work));
  return recorded;
}

async function recordCase(section: Section, steps: readonly Step[], server: Recorded): Promise<RecordedCase> {
  const take = new Take(server);
  try {
    await take.begin(section);
    await take.play(section.preamble);
    const preamble = take.lines.splice(0);
    await take.play(steps);
    return { preamble, dialogue: take.lines };
  } finally {
    take.end();
  }
}

/** Delays are near a second or they are not; a busy machine adds its own. */
export function withoutDelays(transcript: string): string {
  return transcript.replaceAll(/^@ .*\n/gm, '');
}

/** The delays of a transcript, each with the number of the line that it delays, not counting delays. */
export function delays(transcript: string): Map<number, number> {
  const found = new Map<number, number>();
  let number = 0;
  for (const line of transcript.split('\n')) {
    if (line.startsWith('@ ')) found.set(number, Number.parseInt(line.slice(2), 10));
    else number++;
  }
  return found;
}

/** One connection and what is written down of it. */
class Take {
  readonly lines: string[] = [];
  readonly #server: Recorded;
  #conversation!: Conversation;
  #isOver = false;
  /** Replies that are still to come when the next step begins. */
  #owed = 0;
  #last = '';
  #challenge = '';

  constructor(server: Recorded) {
    this.#server = server;
  }

  async begin({ tlsFirst, early }: Section): Promise<void> {
    const port = tlsFirst ? this.#server.tlsPort : this.#server.port;
    if (port === 0) throw new Error('the server has no port on which TLS begins with the first byte');
    this.#conversation = await Conversation.open(port);
    if (tlsFirst) await this.#secure();
    if (early) this.#owed = 1;
    else await this.#hear(1, untilGreeting);
  }

  end(): void {
    this.#conversation.destroy();
  }

  async play(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      if (this.#isOver) return;
      await this.#play(step);
    }
  }

  async #play(step: Step): Promise<void> {
    switch (step.do) {
      case 'send': {
        for (const { mark, text } of step.lines) this.lines.push(`${mark}: ${text}`);
        this.#conversation.write(Buffer.concat(step.lines.map(({ text }) => this.#bytes(`${text}\\x0d\\x0a`))));
        await this.#hear(step.replies + this.#owed);
        this.#owed = 0;
        if (step.lines.some(({ mark }) => mark === 'p') && /^[45]/.test(this.#last)) await this.#hearMore();
        break;
      }
      case 'content':
        if (!this.#last.startsWith('354')) return;
        for (const line of step.lines) this.lines.push(`B: ${line}`);
        this.#conversation.write(Buffer.concat(step.lines.map((line) => this.#bytes(`${line}\\x0d\\x0a`))));
        // Without its end a message has no answer: the rest follows as a command.
        if (step.lines.at(-1) === '.') await this.#hear(1);
        break;
      case 'hang': {
        this.lines.push(`N: ${step.text}`);
        this.#conversation.write(this.#bytes(step.text));
        const heard = await this.#conversation.reply(silenceMs);
        if (heard) await this.#note(heard);
        else if (this.#conversation.hasEnded) this.#close();
        else this.lines.push('(silence)');
        break;
      }
      case 'handshake':
        if (this.#last.startsWith('220')) await this.#secure();
        break;
      case 'awaitClose':
        for (;;) {
          const heard = await this.#conversation.reply(3_000);
          if (heard) await this.#note(heard);
          else break;
        }
        if (this.#isOver) return;
        if (this.#conversation.hasEnded) this.#close();
        else this.lines.push('(stays open)');
        break;
    }
  }

  async #secure(): Promise<void> {
    try {
      await this.#conversation.secure();
      this.lines.push('~~');
    } catch {
      this.lines.push('(no handshake)');
      this.#isOver = true;
    }
  }

  async #hear(replies: number, within = patience): Promise<void> {
    for (let count = 0; count < replies && !this.#isOver; count++) {
      const heard = await this.#conversation.reply(within);
      if (heard) await this.#note(heard);
      else if (this.#conversation.hasEnded) return this.#close();
      else this.lines.push('(silence)');
    }
  }

  async #hearMore(): Promise<void> {
    for (;;) {
      const heard = await this.#conversation.reply(settlesWithinMs);
      if (!heard) break;
      await this.#note(heard);
    }
    if (this.#conversation.hasEnded) this.#close();
  }

  async #note({ lines, afterMs }: Heard): Promise<void> {
    if (afterMs >= 700) this.lines.push(`@ ${Math.round(afterMs / 1_000)} s`);
    this.#last = lines[0]!;
    this.#challenge = lines.at(-1)!.slice(4);
    this.lines.push(...lines.map((line) => `S: ${this.#steady(line)}`));
    if (!mayClose.test(this.#last)) return;
    const withinMs = takesLeave.test(this.#last) ? closesAtLastWithinMs : closesWithinMs;
    if ((await this.#conversation.closes(withinMs)) && !this.#conversation.hasUnread) this.#close();
  }

  #close(): void {
    if (!this.#isOver) this.lines.push('=>');
    this.#isOver = true;
  }

  #steady(line: string): string {
    return line
      .replaceAll(this.#server.host, '{host}')
      .replaceAll('127.0.0.1', '{peer}')
      .replace(/(?<=queued as )[0-9A-F]{6,}$/, '{id}')
      .replace(/(?<=id=)\w{6}-\w{6,11}-\w{2,4}$/, '{id}')
      .replaceAll(/\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}/g, '{date}')
      .replace(/(?<=^334 )PD[A-Za-z0-9+/]+=*$/, '{challenge}')
      .replaceAll(/(.)\1{79,}/g, (run: string, character: string) => `{${run.length}*${character}}`)
      .replaceAll(/[^ -~]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
  }

  #bytes(text: string): Buffer {
    const expanded = text
      .replaceAll(/\{(\d+)\*([^}]+)\}/g, (_, count: string, what: string) => what.repeat(Number(count)))
      .replaceAll('{bearer}', bearerToken)
      .replaceAll(/\{base64 ([^}]*)\}/g, (_, what: string) => unescape(what).toString('base64'))
      .replaceAll(/\{cram (\S+) (\S+)\}/g, (_, name: string, password: string) => this.#cram(name, password));
    return unescape(expanded);
  }

  #cram(name: string, password: string): string {
    const challenge = Buffer.from(this.#challenge, 'base64');
    const digest = createHmac('md5', password).update(challenge).digest('hex');
    return Buffer.from(`${name} ${digest}`).toString('base64');
  }
}

function unescape(text: string): Buffer {
  const plain = text.replaceAll(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(plain, 'latin1');
}
