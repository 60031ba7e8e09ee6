import type { AnyOccasion, Persona } from '../../smtp/persona.ts';
import type { Contact } from './contact.ts';
import { draftManners, type DraftManners, type Measured } from './draft-manners.ts';
import { draftOffer, type DraftOffer } from './draft-offer.ts';
import { couldSay, lessonsOf, templateOf, type Learned } from './draft-replies.ts';
import type { Asked } from './question.ts';

/** A persona as the changes to one of ours, and what there is to say about them. */
export interface PersonaDraft extends DraftOffer {
  readonly base: Persona;
  /** Only those that the base does not say anyway. */
  readonly replies: { readonly [Name in AnyOccasion]?: string };
  readonly manners: DraftManners;
}

export interface Findings extends Omit<Measured, 'learned'> {
  readonly contact: Contact;
  readonly asked: readonly Asked[];
}

/** Makes a persona of what a server answered, as the changes to the one of ours that is most like it. */
export function draftPersona({ contact, asked, ...measured }: Findings, bases: readonly Persona[]): PersonaDraft {
  const lessons = lessonsOf(asked);
  const farewell = farewellIn(measured);
  const learned = [...lessons.filter((lesson) => 'occasion' in lesson), ...farewell];
  const likeness = (persona: Persona) => learned.filter((lesson) => couldSay(persona, lesson)).length;
  const base = bases.toSorted((a, b) => likeness(b) - likeness(a))[0]!;
  const own = learned.filter((lesson) => !couldSay(base, lesson));
  const offer = draftOffer(contact);
  const { manners, remarks } = draftManners({ learned, ...measured }, base.manners);
  return {
    ...offer,
    base,
    replies: Object.fromEntries(own.map((lesson) => [lesson.occasion, templateOf(lesson, contact.hosts)])),
    manners,
    remarks: [
      ...lessons.filter((lesson) => 'remark' in lesson).map(({ remark }) => remark),
      ...offer.remarks,
      ...remarks,
    ],
  };
}

/** The words with which a server ends a session that has made too many mistakes. */
function farewellIn({ endurance }: Omit<Measured, 'learned'>): readonly Learned[] {
  if (endurance?.end?.by !== 'farewell') return [];
  return [{ occasion: 'tooManyErrors', text: endurance.end.text, ms: 0 }];
}
