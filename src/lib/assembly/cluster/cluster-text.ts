import type { ClusterView, MemberView, StreamView } from '../../monitor/cluster-view.ts';
import { printableWithin } from '../../text/printable.ts';
import { formatDuration, formatSize } from '../../text/units.ts';

const name = (text: string) => printableWithin(text, 60);

/** The whole of a cluster, for people. */
export function clusterText(view: ClusterView, now: number): readonly string[] {
  const { cluster, servers, sensors, leases, streams, rules, budget } = view;
  const away = servers.filter(({ alive, upToDate }) => !alive || !upToDate);
  return [
    `${name(cluster)}: ${servers.length} servers, led by ${name(servers[0]?.name ?? 'nobody')}` +
      (away.length > 0 ? `; away or behind: ${away.map((server) => name(server.name)).join(', ')}` : ''),
    `sensors: ${sensors.length}`,
    ...sensors.map((sensor) => `  ${sensorText(sensor, now)}`),
    leases.total === 0
      ? 'mailboxes: none are shared'
      : `mailboxes: ${leases.held} of ${leases.total} are collected (${shares(leases.bySensor)})`,
    ...streams.flatMap(streamText),
    `rules: ${rules ? `version ${rules.version} of ${rules.publishedAt}, by ${name(rules.by)}` : 'none are published'}`,
    ...(budget
      ? [
          `budget: ${budget.attempts} attempts are counted${budget.spentUntil ? `; spent until ${budget.spentUntil}` : ''}`,
        ]
      : []),
  ];
}

export function sensorText(sensor: MemberView, now: number): string {
  const { sensor: who, command, version, startedAt, accepted, lastMinute, outputs, rules, mailboxes } = sensor;
  const trouble = outputs.filter(({ failing }) => failing).map((output) => name(output.name));
  const behind = outputs.reduce((most, { behindBytes }) => Math.max(most, behindBytes), 0);
  return [
    `${name(who)}: ${name(command)} ${name(version)}, up ${formatDuration(wholeSeconds(now - Date.parse(startedAt)))}`,
    `${accepted} messages, ${lastMinute} in the last minute`,
    ...(mailboxes ? [`${mailboxes.held} of ${mailboxes.named} mailboxes`] : []),
    ...(behind > 0 ? [`${formatSize(behind)} behind`] : []),
    ...(trouble.length > 0 ? [`failing: ${trouble.join(', ')}`] : []),
    ...(rules === null ? [] : [`rules ${name(rules)}`]),
  ].join('; ');
}

function streamText({ stream, messages, bytes, maxBytes, replicas, leader, missing, consumers }: StreamView): string[] {
  const room = maxBytes === null ? '' : ` of ${formatSize(maxBytes)}`;
  const led = leader === null ? '' : `, led by ${name(leader)}`;
  const lacks = missing.length > 0 ? `; away or behind: ${missing.map(name).join(', ')}` : '';
  return [
    `stream ${name(stream)}: ${messages} messages, ${formatSize(bytes)}${room}, ${replicas} copies${led}${lacks}`,
    ...consumers.map(({ consumer, pending, unconfirmed }) => {
      return `  ${name(consumer)}: ${pending} to come, ${unconfirmed} given and not confirmed`;
    }),
  ];
}

function shares(bySensor: Readonly<Record<string, number>>): string {
  return Object.entries(bySensor)
    .map(([sensor, count]) => `${name(sensor)} ${count}`)
    .join(', ');
}

function wholeSeconds(ms: number): number {
  return Math.max(Math.floor(ms / 1000), 0) * 1000;
}
