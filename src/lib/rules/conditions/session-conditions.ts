import type { Condition } from '../condition.ts';
import { excerpt } from '../excerpt.ts';
import type { RuleFacts } from '../facts.ts';
import { textOf, Networks, type Network } from '../../net/network.ts';
import { nameOf, type SeenSubject } from '../seen-memory.ts';

function sessionCondition(
  words: string,
  holds: (facts: RuleFacts) => boolean,
  shown: (facts: RuleFacts) => string,
): Condition {
  return {
    words,
    looksInside: false,
    meets: [],
    find: ({ facts }) => (holds(facts) ? shown(facts) : undefined),
    failure: ({ facts }) => `not so: ${words} (${shown(facts)})`,
  };
}

export function peerIn(networks: readonly Network[]): Condition {
  const listed = new Networks(networks);
  const words = `peer is in ${networks.map(textOf).join(' or ')}`;
  return sessionCondition(
    words,
    ({ peer }) => listed.has(peer),
    ({ peer }) => `peer ${peer}`,
  );
}

export function overTls(wanted: boolean): Condition {
  const words = (tls: boolean) => (tls ? 'the session is in TLS' : 'the session is not in TLS');
  return sessionCondition(
    words(wanted),
    ({ tls }) => tls === wanted,
    ({ tls }) => words(tls),
  );
}

export function firstSeen(subject: SeenSubject): Condition {
  const words = `${subject} comes for the first time`;
  const named = (facts: RuleFacts) => `${subject} ${excerpt(nameOf(subject, facts) ?? '')}`;
  return {
    words,
    looksInside: false,
    meets: [subject],
    find: ({ facts, newcomers }) => (newcomers.has(subject) ? `${named(facts)} comes for the first time` : undefined),
    failure: ({ facts }) => `not so: ${words} (${named(facts)})`,
  };
}
