import type { Group } from './group.ts';
import { burst } from './groups/burst.ts';
import { cluster } from './groups/cluster.ts';
import { connections } from './groups/connections.ts';
import { consoleGroup } from './groups/console.ts';
import { growth } from './groups/growth.ts';
import { hpfeeds } from './groups/hpfeeds.ts';
import { imap } from './groups/imap.ts';
import { index } from './groups/index.ts';
import { large } from './groups/large.ts';
import { lmtp } from './groups/lmtp.ts';
import { processor } from './groups/processor.ts';
import { reconnect } from './groups/reconnect.ts';
import { start } from './groups/start.ts';
import { steady } from './groups/steady.ts';
import type { Row } from './row.ts';

/** Everything that is measured, in this order. What leaves the most files behind comes last. */
export const catalogue: readonly Group[] = [
  start,
  steady,
  lmtp,
  reconnect,
  large,
  processor,
  hpfeeds,
  imap,
  cluster,
  connections,
  consoleGroup,
  index,
  burst,
  growth,
];

/** The rows that somebody asked for, by their names or those of groups; all for no name at all. */
export function chosenRows(names: readonly string[]): Row[] {
  const known = catalogue.flatMap(({ name, rows }) => [name, ...rows.map((row) => row.name)]);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`no row or group is called ${unknown.join(', ')}; --list shows them`);
  return catalogue.flatMap(({ name: group, rows }) =>
    rows.filter(({ name }) => names.length === 0 || names.includes(group) || names.includes(name)),
  );
}
