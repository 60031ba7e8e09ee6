import { type BrokerMetrics, type ChannelMetrics, type IdentMetrics, sizeBounds } from './metrics.ts';

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number];

const prefix = 'hpfeeds_broker_';

/** Prometheus' text format, with the names that the reference's own exporter has, so that its dashboards go on. */
export function exposition(metrics: BrokerMetrics): string {
  const idents: readonly (readonly [string, IdentMetrics])[] = [['unknown', metrics.strangers], ...metrics.idents];
  const perIdent = (value: (of: IdentMetrics) => number): Sample[] =>
    idents.map(([ident, of]) => [{ ident }, value(of)]);
  const perChannel = (value: (of: ChannelMetrics) => number): Sample[] =>
    idents.flatMap(([ident, { channels }]) => [...channels].map(([chan, of]): Sample => [{ ident, chan }, value(of)]));
  const errors = idents.flatMap(([ident, of]) =>
    [...of.errors].map(([category, count]): Sample => [{ ident, category }, count]),
  );
  const authenticated = idents
    .filter(([, { connected }]) => connected > 0)
    .map(([ident, { owner, connected }]): Sample => [{ ident, owner }, connected]);
  return [
    gauge(`${prefix}client_connections`, 'Open connections.', [[{}, metrics.connections]]),
    counter(`${prefix}connection_made`, 'Connections so far.', [[{}, metrics.made]]),
    counter(
      `${prefix}connection_ready`,
      'Connections that said who they are.',
      perIdent((of) => of.ready),
    ),
    counter(
      `${prefix}connection_lost`,
      'Connections that ended.',
      perIdent((of) => of.lost),
    ),
    counter(`${prefix}connection_error`, 'Connections that were refused something.', errors),
    gauge(
      `${prefix}connection_send_buffer_size`,
      'Bytes that wait for clients.',
      perIdent((of) => of.sendBuffer),
    ),
    gauge(
      `${prefix}connection_receive_buffer_size`,
      'Bytes of begun frames.',
      perIdent((of) => of.receiveBuffer),
    ),
    counter(
      `${prefix}connection_receive_buffer_fill`,
      'Publishers that had to wait.',
      perIdent((of) => of.receiveFill),
    ),
    counter(
      `${prefix}connection_send_buffer_fill`,
      'Backlogs that became full.',
      perIdent((of) => of.sendFill),
    ),
    counter(
      `${prefix}connection_send_buffer_drain`,
      'Backlogs that became empty.',
      perIdent((of) => of.sendDrain),
    ),
    counter(
      `${prefix}connection_send_buffer_deadline_start`,
      'Deadlines begun.',
      perIdent((of) => of.deadlineStart),
    ),
    counter(
      `${prefix}connection_send_buffer_deadline_recover`,
      'Deadlines met.',
      perIdent((of) => of.deadlineRecover),
    ),
    counter(
      `${prefix}dropped`,
      'Messages that passed a slow subscriber by.',
      perIdent((of) => of.dropped),
    ),
    gauge(
      `${prefix}subscriptions`,
      'Subscriptions.',
      perChannel((of) => of.subscriptions),
    ),
    counter(
      `${prefix}receive_publish_count`,
      'Messages published.',
      perChannel((of) => of.published),
    ),
    sizes(idents),
    gauge('hpfeeds_client_authenticated_connections', 'Connections by identity and owner.', authenticated),
  ].join('');
}

function gauge(name: string, help: string, samples: readonly Sample[]): string {
  return family(
    name,
    'gauge',
    help,
    samples.map(([labels, value]) => line(name, labels, value)),
  );
}

function counter(name: string, help: string, samples: readonly Sample[]): string {
  const total = `${name}_total`;
  return family(
    total,
    'counter',
    help,
    samples.map(([labels, value]) => line(total, labels, value)),
  );
}

function sizes(idents: readonly (readonly [string, IdentMetrics])[]): string {
  const name = `${prefix}receive_publish_size`;
  const lines = idents.flatMap(([ident, { channels }]) =>
    [...channels].flatMap(([chan, metrics]) => histogram(name, { ident, chan }, metrics)),
  );
  return family(name, 'histogram', 'Bytes of what is published.', lines);
}

function histogram(name: string, labels: Labels, { sizes, published, publishedBytes }: ChannelMetrics): string[] {
  let upTo = 0;
  const buckets = sizeBounds.map((bound, index) => {
    upTo += sizes[index]!;
    return line(`${name}_bucket`, { ...labels, le: asFloat(bound) }, upTo);
  });
  return [
    ...buckets,
    line(`${name}_bucket`, { ...labels, le: '+Inf' }, published),
    line(`${name}_count`, labels, published),
    line(`${name}_sum`, labels, publishedBytes),
  ];
}

// As the exporter of the reference writes them: a series with another spelling would be another series.
function asFloat(bound: number): string {
  return bound < 1e6 ? `${bound}.0` : bound.toExponential().replace(/e\+(\d)$/, 'e+0$1');
}

function family(name: string, type: string, help: string, lines: readonly string[]): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function line(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}\n`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
