import type { Explanation } from '../../rules/rule-set.ts';
import type { Rule } from '../../rules/rule.ts';
import { printable } from '../../text/printable.ts';
import { isoTime } from '../../text/time.ts';
import { formatDuration } from '../../text/units.ts';

/** How often a rule has matched, and when it last did. */
export interface RuleHits {
  readonly count: number;
  /** ISO 8601, UTC. */
  readonly lastAt: string;
}

export type HitsOf = (rule: string) => RuleHits | undefined;

const nameWidth = 26;

/** One rule for people: its place in the order, what it is asked on, what follows. */
export function ruleLine(rule: Rule, hits: HitsOf = () => undefined): string {
  const { priority, name, kind, hook, enabled, expires } = rule;
  const count = hits(name);
  const state = [
    ...(enabled ? [] : ['disabled']),
    ...(expires === undefined ? [] : [`until ${isoTime(expires)}`]),
    ...(count ? [`${count.count} hits, last ${count.lastAt}`] : []),
  ];
  const columns = [String(priority).padStart(5), name.padEnd(nameWidth), kind.padEnd(7), hook.padEnd(7)];
  const after = state.length === 0 ? '' : `  (${state.join('; ')})`;
  return printable(`${columns.join('  ')}  ${effectWords(rule)}${after}`);
}

export function ruleRecord(rule: Rule, hits: HitsOf = () => undefined): object {
  const { name, kind, hook, priority, enabled, expires, comment, tags, condition, effects, place } = rule;
  const { rule: _name, ...then } = effects;
  const count = hits(name);
  return {
    rule: name,
    kind,
    on: hook,
    priority,
    enabled,
    ...(expires !== undefined && { expires: isoTime(expires) }),
    ...(comment !== undefined && { comment }),
    tags,
    when: condition.words,
    effects: then,
    place,
    ...(count && { hits: count.count, lastAt: count.lastAt }),
  };
}

function effectWords({ effects, tags }: Rule): string {
  const { relay, folder, content, reply, tarpit, extractUrls } = effects;
  const words = [
    ...(relay ? ['to the probe desk'] : []),
    ...(folder === undefined ? [] : [`to the folder ${folder}`]),
    ...(content === 'drop' ? ['only the evidence is kept'] : []),
    ...(reply ? [`replies ${JSON.stringify(reply.text)}`] : []),
    ...(tarpit === undefined ? [] : [`waits ${formatDuration(tarpit)}`]),
    ...(extractUrls ? ['keeps the links'] : []),
    ...(tags.length > 0 ? [`tags ${tags.join(', ')}`] : []),
  ];
  return words.join('; ') || 'noted';
}

/** What became of each rule for one message, the one that decides marked. */
export function explanationLines(explanations: readonly Explanation[]): readonly string[] {
  const decides = decidingRule(explanations);
  return explanations.map(({ rule, matches, why, idle }) => {
    const verdict = idle ? `would match, but is ${idle}: ` : rule === decides ? 'DECIDES: ' : 'matches: ';
    return printable(`${rule.name.padEnd(nameWidth)}  ${matches ? verdict : ''}${why}`);
  });
}

export function explanationRecords(explanations: readonly Explanation[]): readonly object[] {
  const decides = decidingRule(explanations);
  return explanations.map(({ rule, matches, why, idle }) => ({
    rule: rule.name,
    kind: rule.kind,
    priority: rule.priority,
    matches,
    decides: rule === decides,
    why,
    ...(idle && { idle }),
  }));
}

function decidingRule(explanations: readonly Explanation[]): Rule | undefined {
  return explanations.find(({ matches, idle }) => matches && !idle)?.rule;
}
