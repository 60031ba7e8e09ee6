import type { BudgetState } from '../probe/desk/budget-state.ts';
import type { Shown } from '../probe/desk/desk.ts';
import type { Probe } from '../probe/probe.ts';
import { peerText } from '../text/peer-text.ts';
import { printable, printableWithin } from '../text/printable.ts';
import { formatSize } from '../text/units.ts';
import type { RouteOf } from './probe-tools.ts';

const mostLines = 200;

/** A probe on one line, without its state. */
export function probeLine({ id, heldAt, peer, envelope, recipients, rule }: Probe): string {
  const to = recipients[0]?.sentTo ?? envelope.to[0] ?? '';
  const more = envelope.to.length > 1 ? ` +${envelope.to.length - 1}` : '';
  const from = printableWithin(envelope.from || '<>', 30);
  return `${id}  ${heldAt.slice(0, 19)}  ${(peer ?? '').padEnd(15)}  ${from} → ${printableWithin(to, 40)}${more}  ${rule}`;
}

export interface Details extends Shown {
  readonly budget: BudgetState;
  readonly content: Buffer | undefined;
  readonly routes?: readonly RouteOf[];
}

/** Everything about a probe for people: what it is, what would be sent, and its story. */
export function* probeDetails({ probe, story, budget, content, routes }: Details): Generator<string> {
  const { id, state, reason, rule, because, envelope, recipients, peer, helo, session, queueId, size, sha256 } = probe;
  yield `id        ${id}`;
  yield `state     ${state}: ${printable(reason)}`;
  yield `rule      ${printable(rule)}: ${printable(because)}`;
  yield `peer      ${peer ?? 'unknown'}${helo === undefined ? '' : `, called itself ${printable(helo)}`}`;
  if (session !== undefined) yield `session   ${session}${queueId === undefined ? '' : `, queued as ${queueId}`}`;
  yield `from      ${printable(envelope.from) || '<>'}`;
  for (const { address, sentTo, state: fate, reason: why } of recipients) {
    const changed = sentTo === undefined || sentTo === address ? '' : ` (sent to ${printable(sentTo)})`;
    yield `to        ${printable(address)}${changed}: ${fate}${why === '' ? '' : `, ${printable(why)}`}`;
  }
  yield `size      ${formatSize(size)}, sha256 ${sha256}`;
  yield `budget    ${budgetLine(budget)}`;
  yield* routes === undefined ? [] : routeLines(routes);
  yield '';
  for (const { at, what, who, why } of story) yield `${at.slice(0, 19)}  ${what.padEnd(10)}  ${who}: ${why}`;
  yield '';
  yield* content === undefined ? ['The desk does not have its content any more.'] : contentLines(content);
}

/** What is left of the limits that hold for all, and of those that are used up. */
export function budgetLine({ limits, spentUntil }: BudgetState): string {
  if (spentUntil !== undefined) return `counts as spent until ${spentUntil}`;
  const told = limits.filter((limit) => limit.for === undefined || limit.left === 0);
  return told
    .map(({ limit, for: whom, left, most, freesAt }) => {
      const frees = freesAt === undefined ? '' : ` until ${freesAt.slice(0, 19)}`;
      return `${limit}${whom === undefined ? '' : ` of ${printable(whom)}`}: ${left} of ${most} left${frees}`;
    })
    .join('; ');
}

function* routeLines(routes: readonly RouteOf[]): Generator<string> {
  for (const { domain, route } of routes) {
    if (route.is !== 'route') {
      yield `way       ${printable(domain)}: ${route.is}, ${printable(route.why)}`;
      continue;
    }
    for (const { host, port, preference, addresses, problem } of route.hosts) {
      const order = preference === undefined ? '' : ` (MX ${preference})`;
      yield `way       ${printable(domain)} → ${printable(host)} port ${port}${order}${problem ? `: ${printable(problem)}` : ''}`;
      for (const { address, verdict } of addresses) {
        yield `          ${address}${verdict.is === 'allowed' ? '' : ` ${verdict.why}, and is not connected to`}`;
      }
    }
  }
}

function* contentLines(content: Buffer): Generator<string> {
  const lines = peerText(content.subarray(0, 64 * 2 ** 10)).split(/\r?\n/);
  for (const line of lines.slice(0, mostLines)) yield printableWithin(line, 1000);
  if (lines.length > mostLines || content.length > 64 * 2 ** 10) yield '… more; --raw prints all of it';
}
