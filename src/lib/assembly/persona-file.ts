import { readDocument, readDocumentText, type Named } from '../config/read-document.ts';
import { size } from '../config/words/amount.ts';
import { choice } from '../config/words/choice.ts';
import { scalarKind, type Kind } from '../config/words/kind.ts';
import { listOf } from '../config/words/list.ts';
import { orNone } from '../config/words/or-none.ts';
import { group, optional, setting, type Effective, type Setting } from '../config/words/setting.ts';
import { text } from '../config/words/text.ts';
import { mechanismNames } from '../smtp/auth.ts';
import { occasions, rareOccasions, type Persona, type Replies } from '../smtp/persona.ts';
import { isQueueIdShape } from '../smtp/queue-id.ts';
import { given } from './given.ts';
import { mannersOf, mannersSchema } from './persona-manners.ts';
import { rareReply, reply, welcome } from './reply-kinds.ts';

const asBase = { words: 'that of the persona it extends' };

const queueId = scalarKind<string>({
  valid: 'a shape such as {hex:11} or {base62:6 seconds}-{base62:6}',
  parse: (written) => (isQueueIdShape(written) ? written : undefined),
});

const replies = Object.fromEntries([
  ...occasions.map((occasion) => [occasion, replyOn(occasion, occasion === 'ehlo' ? welcome : reply)]),
  ...rareOccasions.map((occasion) => [occasion, replyOn(occasion, rareReply)]),
]) as Readonly<Record<keyof Replies, Setting<string | undefined>>>;

function replyOn(occasion: string, kind: Kind<string>): Setting<string | undefined> {
  return optional(kind, { about: `What is said on the occasion ${occasion}.`, ...asBase, example: '250 Ok' });
}

export const personaSchema = group('A persona: what the relay says, and how it bears what it is told.', {
  extends: setting(choice('postfix', 'exim'), { default: 'postfix', about: 'What holds where nothing is written.' }),
  name: optional(text, { about: 'A name for it.', ...asBase, example: 'mine' }),
  software: optional(text, { about: 'What Received lines call it.', ...asBase, example: 'Postfix' }),
  features: optional(orNone(listOf(text)), { about: 'Lines of the EHLO reply.', ...asBase, example: 'PIPELINING' }),
  mechanisms: optional(listOf(choice(...mechanismNames)), {
    about: 'Ways to log in, in order.',
    ...asBase,
    example: 'PLAIN',
  }),
  messageSize: optional(size({ least: 1 }), { about: 'Its SIZE.', ...asBase, example: '10240000' }),
  queueId: optional(queueId, { about: 'How its queue ids look.', ...asBase, example: '{hex:11}' }),
  replies: group('What it says.', replies),
  manners: mannersSchema,
});

export type BuiltIn = ReadonlyMap<string, Persona>;

/** A persona of the operator's own. */
export function readPersona(path: string, builtIn: BuiltIn): Persona {
  return personaOf(readDocument(personaSchema, { path, namedBy: 'relay.persona' }), builtIn);
}

/** The same of a text that is no file yet. */
export function readPersonaText(document: Named, builtIn: BuiltIn): Persona {
  return personaOf(readDocumentText(personaSchema, document), builtIn);
}

function personaOf(written: Effective<typeof personaSchema>, builtIn: BuiltIn): Persona {
  const base = builtIn.get(written.extends)!;
  const { name, software, mechanisms, messageSize, queueId: shape } = written;
  const features = written.features === 'none' ? [] : written.features;
  return {
    ...base,
    ...given({ name, software, features, mechanisms, messageSize, queueId: shape }),
    replies: withoutNone({ ...base.replies, ...given(written.replies) }) as unknown as Replies,
    manners: mannersOf(written.manners, base.manners),
  };
}

function withoutNone(texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== 'none'));
}
