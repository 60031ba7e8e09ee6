import { dump } from 'js-yaml';
import { duration, size } from '../../config/words/amount.ts';
import { rareOccasions, type Manners, type Persona } from '../../smtp/persona.ts';

/** All of a persona as a file to start from; what the base has and this one has not is taken away by name. */
export function personaText(persona: Persona, base: Persona): string {
  const { software, features, mechanisms, messageSize, queueId, replies, manners } = persona;
  const missing = rareOccasions.filter((occasion) => base.replies[occasion] !== undefined && !(occasion in replies));
  const document = {
    extends: base.name,
    name: persona.name === base.name ? undefined : persona.name,
    software,
    features: features.length === 0 ? 'none' : features,
    mechanisms,
    messageSize,
    queueId,
    replies: { ...replies, ...Object.fromEntries(missing.map((occasion) => [occasion, 'none'])) },
    manners: mannersDocument(manners, base.manners),
  };
  const text = dump(document, { lineWidth: 1000, skipInvalid: true });
  return `# The persona ${persona.name}. What is left out here holds as it is in ${base.name}.\n${text}`;
}

function mannersDocument(manners: Manners, base: Manners): object {
  const { refusals, tallies, slow, late, junk, inTurn, line } = manners;
  return {
    refusals: orNone(refusals, base.refusals),
    tallies: tallies.length === 0 ? 'none' : tallies,
    slowAfter: orNone(slow?.after, base.slow?.after),
    slowBy: slow && duration().show(slow.ms),
    late: lateDocument({ ...Object.fromEntries(Object.keys(base.late ?? {}).map((name) => [name, 0])), ...late }),
    junk: {
      commands: junk?.commands,
      onceFree: orNone(junk?.onceFree, base.junk?.onceFree),
      limit: orNone(junk?.limit, base.junk?.limit),
      last: orNone(junk?.last, base.junk?.last),
    },
    inTurn: orNone(inTurn, base.inTurn),
    line: { most: size().show(line.most), beyond: line.beyond },
  };
}

function lateDocument(late: NonNullable<Manners['late']>): object | undefined {
  const entries = Object.entries(late).map(([name, ms]) => [name, duration().show(ms)]);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function orNone<Value>(own: Value | undefined, base: Value | undefined): Value | 'none' | undefined {
  return own ?? (base === undefined ? undefined : 'none');
}
