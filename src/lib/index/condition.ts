import type { Feature, FieldName } from '../query/fields.ts';
import type { Pattern, Query, Test } from '../query/query.ts';
import { firstTermOf, lastTermOf, termKinds, type TermKind } from './schema.ts';
import { numberRange } from './searched.ts';

/** A condition for WHERE over `entries`, with what it is given. No word of a filter ever becomes part of it. */
export interface SqlCondition {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

type TextField = Exclude<FieldName, 'since' | 'until' | 'ip' | 'size' | 'recipients' | 'has'>;

const kindsOf: Readonly<Record<Exclude<TextField, 'campaign' | 'session' | 'id' | 'sha256' | 'intake'>, TermKind[]>> = {
  from: ['from', 'author'],
  to: ['to', 'reader'],
  subject: ['subject'],
  text: ['text'],
  helo: ['helo'],
  country: ['country'],
  network: ['network'],
  url: ['url', 'host'],
  attachment: ['file', 'type', 'hash'],
  credential: ['user', 'password', 'login'],
  rule: ['rule'],
  tag: ['tag'],
  probe: ['probe'],
  verdict: ['verdict'],
};

/** Where bare words are looked for. Hosts are in links, users and passwords in logins. */
const anywhere: readonly TermKind[] = [
  'from',
  'to',
  'author',
  'reader',
  'subject',
  'text',
  'helo',
  'peer',
  'url',
  'file',
  'hash',
  'rule',
  'tag',
  'user',
  'password',
  'verdict',
  'mailbox',
];

export function conditionOf(query: Query): SqlCondition {
  const conditions = query.map(({ test, refused }) => {
    const { sql, values } = conditionFor(test);
    return { sql: refused ? `NOT (${sql})` : `(${sql})`, values };
  });
  return {
    sql: conditions.length === 0 ? 'TRUE' : conditions.map(({ sql }) => sql).join(' AND '),
    values: conditions.flatMap(({ values }) => values),
  };
}

function conditionFor(test: Test): SqlCondition {
  switch (test.on) {
    case 'time':
      return { sql: `entries.at ${test.bound === 'since' ? '>=' : '<='} ?`, values: [test.moment] };
    case 'amount':
      return { sql: `entries.${test.field} ${test.comparison} ?`, values: [test.amount] };
    case 'network':
      return anyOf(test.networks, (network) => ({
        sql: mentioning(`SELECT term FROM terms WHERE kind = ${termKinds.peer} AND folded BETWEEN ? AND ?`),
        values: numberRange(network),
      }));
    case 'feature':
      return anyOf(test.features, (feature) => ({ sql: featureConditions[feature], values: [] }));
    case 'anything':
      return anyOf(test.patterns, (pattern) => mentions(anywhere, pattern));
    case 'text':
      return anyOf(test.patterns, (pattern) => textCondition(test.field as TextField, pattern));
  }
}

function textCondition(field: TextField, pattern: Pattern): SqlCondition {
  switch (field) {
    case 'session':
    case 'id':
      // Ids are in capitals, and patterns in folded case.
      return compared(`entries.${field}`, upper(pattern));
    case 'sha256':
    case 'intake':
      return compared(`entries.${field}`, pattern);
    case 'campaign':
      return campaignCondition(pattern);
    default:
      return mentions(kindsOf[field], pattern);
  }
}

/** By its code, by its name, or by the code of one that was joined to it. */
function campaignCondition(pattern: Pattern): SqlCondition {
  const byCode = compared('code', pattern);
  const byName = compared('lower(name)', pattern);
  return {
    sql: `entries.campaign IN (SELECT coalesce(joined, campaign) FROM campaigns WHERE ${byCode.sql} OR ${byName.sql})`,
    values: [...byCode.values, ...byName.values],
  };
}

function mentions(kinds: readonly TermKind[], pattern: Pattern): SqlCondition {
  const perKind = kinds.map((kind) => {
    // An address of a peer is searched as it is written here: its number is for networks.
    const { sql, values } = compared(kind === 'peer' ? 'value' : 'coalesce(folded, value)', pattern);
    return { sql: `SELECT term FROM terms WHERE ${within(kind)} AND ${sql}`, values };
  });
  return {
    sql: mentioning(perKind.map(({ sql }) => sql).join(' UNION ALL ')),
    values: perKind.flatMap(({ values }) => values),
  };
}

/** Entries that mention one of those terms. */
function mentioning(terms: string): string {
  return `entries.seq IN (SELECT entry FROM mentions WHERE term IN (${terms}))`;
}

function within(kind: TermKind): string {
  return `term BETWEEN ${firstTermOf(kind)} AND ${lastTermOf(kind)}`;
}

function mentioningAny(kind: TermKind): string {
  return `entries.seq IN (SELECT entry FROM mentions WHERE ${within(kind)})`;
}

const featureConditions: Readonly<Record<Feature, string>> = {
  attachment: mentioningAny('hash'),
  url: mentioningAny('url'),
  credential: mentioningAny('user'),
  probe: mentioningAny('probe'),
  text: mentioningAny('text'),
  campaign: 'entries.campaign IN (SELECT campaign FROM campaigns WHERE size > 1)',
  gap: `entries.gap != ''`,
};

function compared(searched: string, pattern: Pattern): SqlCondition {
  switch (pattern.is) {
    case 'inside':
      return { sql: `instr(${searched}, ?) > 0`, values: [pattern.text] };
    case 'whole':
      return { sql: `${searched} = ?`, values: [pattern.text] };
    case 'beginning':
      return { sql: `substr(${searched}, 1, ?) = ?`, values: [pattern.text.length, pattern.text] };
    case 'pieces':
      return { sql: `${searched} GLOB ?`, values: [pattern.pieces.map(literally).join('*')] };
  }
}

/** A piece in which nothing is special to GLOB. */
function literally(piece: string): string {
  return piece.replaceAll(/[*?[]/g, '[$&]');
}

function upper(pattern: Pattern): Pattern {
  return pattern.is === 'pieces'
    ? { ...pattern, pieces: pattern.pieces.map((piece) => piece.toUpperCase()) }
    : { ...pattern, text: pattern.text.toUpperCase() };
}

function anyOf<Item>(items: readonly Item[], conditionFrom: (item: Item) => SqlCondition): SqlCondition {
  const conditions = items.map(conditionFrom);
  return {
    sql: conditions.map(({ sql }) => sql).join(' OR '),
    values: conditions.flatMap(({ values }) => values),
  };
}
