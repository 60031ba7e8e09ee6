import { exitCodes, Fault } from '../errors.ts';
import { DocumentFault } from '../document/faults.ts';
import type { PersonaDraft } from '../setup/persona/draft.ts';
import { draftText } from '../setup/persona/draft-text.ts';
import type { Server, Timing } from '../setup/persona/connection.ts';
import { leaveOut } from '../setup/persona/leave-out.ts';
import { personaText } from '../setup/persona/persona-text.ts';
import { recordPersona } from '../setup/persona/record.ts';
import type { Persona } from '../smtp/persona.ts';
import { exim } from '../smtp/personas/exim.ts';
import { postfix } from '../smtp/personas/postfix.ts';
import { printable } from '../text/printable.ts';
import { readPersona, readPersonaText } from './persona-file.ts';

const builtIn: ReadonlyMap<string, Persona> = new Map([postfix, exim].map((persona) => [persona.name, persona]));

/** A persona that comes with the program, or the file of one. */
export function loadPersona(name: string): Persona {
  return builtIn.get(name) ?? readPersona(name, builtIn);
}

export function shownPersona(name: string): string {
  const persona = loadPersona(name);
  return personaText(persona, builtIn.get(persona.grammar)!);
}

export interface RecordOptions {
  readonly tls?: Server['tls'];
  readonly timing?: Timing;
  /** Told how far it is. */
  readonly asked?: (done: number, all: number) => void;
}

const usualTiming: Timing = { now: () => performance.now(), patience: 30_000 };

/** The text of a persona drafted from a server, `host:port`. It loads. */
export async function recordFrom(
  server: string,
  { tls = 'starttls', timing = usualTiming, asked = () => undefined }: RecordOptions = {},
): Promise<string> {
  const [, bracketed, plain, digits] = /^(?:\[([\da-f:.]+)\]|([\w.-]+)):(\d{1,5})$/i.exec(server) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(digits) > 65_535) {
    throw new Fault(`${printable(server)} is no server.`, {
      code: 'persona.server',
      fix: 'Write host:port, such as mail.example.org:25 or [2001:db8::1]:25.',
      exit: exitCodes.usage,
    });
  }
  const draft = await recordPersona({ host, port: Number(digits), tls }, [...builtIn.values()], { timing, asked });
  return loadable(draft, server);
}

/** What a server said may be nothing that a persona can say. */
function loadable(draft: PersonaDraft, server: string): string {
  const text = draftText(draft, server);
  try {
    readPersonaText({ shown: 'the draft', text }, builtIn);
    return text;
  } catch (thrown) {
    if (!(thrown instanceof DocumentFault)) throw thrown;
    const rest = thrown.faults.reduce((left, { key = '' }) => leaveOut(left, key) ?? left, draft);
    if (rest === draft) throw thrown;
    return loadable(rest, server);
  }
}
