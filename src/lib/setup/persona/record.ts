import type { Persona } from '../../smtp/persona.ts';
import type { Server, Timing } from './connection.ts';
import { makeContact } from './contact.ts';
import { draftPersona, type PersonaDraft } from './draft.ts';
import { testEndurance } from './endurance.ts';
import { Interview } from './interview.ts';
import type { Asked } from './question.ts';
import { questionsFor } from './questions.ts';
import { askForRecipients } from './recipient.ts';

export interface Recording {
  readonly timing: Timing;
  /** Told how far it is. */
  readonly asked: (done: number, all: number) => void;
}

/** Asks a server everything, one connection after the other, and drafts a persona from what it says. */
export async function recordPersona(
  server: Server,
  bases: readonly Persona[],
  { timing, asked: tell }: Recording,
): Promise<PersonaDraft> {
  const interview = new Interview(server, timing);
  const contact = await makeContact(server, interview);
  const asked: Asked[] = [...contact.asked, ...(await askForRecipients(interview, contact))];
  const questions = questionsFor(contact);
  const all = asked.length + questions.length + 1;
  for (const question of questions) {
    tell(asked.length, all);
    asked.push({ question, answer: await interview.ask(question.lines) });
  }
  // The last of all: some servers remember who made too many mistakes.
  tell(asked.length, all);
  const endurance = await testEndurance(interview, contact);
  tell(all, all);
  const { greetings, replies } = interview;
  return draftPersona({ contact, asked, endurance, greetings, replies }, bases);
}
