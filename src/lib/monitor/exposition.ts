import type { FiguresAt, IntakeFigures } from './figures.ts';

/** What is exposed beside the figures. */
export interface Exposed extends FiguresAt {
  readonly version: string;
  readonly outputs: readonly ExposedOutput[];
  readonly journal: { readonly bytes: number } | null;
  readonly disk: { readonly free: number };
  readonly memory: { readonly resident: number };
  readonly cpu: number;
}

export interface ExposedOutput {
  readonly output: string;
  readonly paused: boolean;
  readonly behindBytes: number;
  readonly oldest: string | null;
  readonly quarantined: number;
  readonly delivered: number;
  readonly failingSince: string | null;
}

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/** The text format of Prometheus, version 0.0.4. The names are an interface. */
export function exposition(state: Exposed): string {
  const { intakes, outputs, rules, probes, now } = state;
  const perIntake = (value: (figures: IntakeFigures) => number): Sample[] =>
    Object.entries(intakes).map(([intake, figures]) => [{ intake }, value(figures)]);
  const perOutput = (value: (output: ExposedOutput) => number): Sample[] =>
    outputs.map((output) => [{ output: output.output }, value(output)]);
  const age = (moment: string | null) => (moment === null ? 0 : (Date.parse(now) - Date.parse(moment)) / 1000);
  return [
    family('build_info', 'gauge', 'What runs.', [[{ version: state.version }, 1]]),
    family('start_time_seconds', 'gauge', 'When it was started.', [[{}, Date.parse(state.startedAt) / 1000]]),
    family('ready', 'gauge', 'Whether everything is up.', [[{}, state.ready ? 1 : 0]]),
    family('refusing', 'gauge', 'Whether the journal takes no messages.', [[{}, state.refusing === null ? 0 : 1]]),
    family(
      'captures_total',
      'counter',
      'Messages on disk.',
      perIntake(({ messages }) => messages),
    ),
    family(
      'captured_bytes_total',
      'counter',
      'Their bytes.',
      perIntake(({ bytes }) => bytes),
    ),
    family(
      'refused_total',
      'counter',
      'Messages refused for now.',
      perIntake(({ refused }) => refused),
    ),
    family(
      'sessions_total',
      'counter',
      'Peers that connected.',
      perIntake(({ sessions }) => sessions),
    ),
    family(
      'sessions_open',
      'gauge',
      'Peers that are connected.',
      perIntake(({ open }) => open),
    ),
    family(
      'rejected_total',
      'counter',
      'Peers that were turned away.',
      perIntake(({ rejected }) => rejected),
    ),
    family(
      'logins_total',
      'counter',
      'Logins that were tried.',
      perIntake(({ logins }) => logins),
    ),
    family(
      'rule_hits_total',
      'counter',
      'Matches of rules.',
      Object.entries(rules).map(([rule, { hits }]) => [{ rule }, hits]),
    ),
    family('probes_total', 'counter', 'What became of probes.', [
      [{ what: 'held' }, probes.held],
      [{ what: 'relayed' }, probes.relayed],
      [{ what: 'refused' }, probes.refused],
    ]),
    family(
      'output_delivered_total',
      'counter',
      'Messages handed on.',
      perOutput(({ delivered }) => delivered),
    ),
    family(
      'output_lag_bytes',
      'gauge',
      'Bytes yet to be done.',
      perOutput(({ behindBytes }) => behindBytes),
    ),
    family(
      'output_lag_seconds',
      'gauge',
      'Age of the oldest message yet to be done.',
      perOutput(({ oldest }) => age(oldest)),
    ),
    family(
      'output_quarantined',
      'gauge',
      'Messages set aside.',
      perOutput(({ quarantined }) => quarantined),
    ),
    family(
      'output_paused',
      'gauge',
      'Whether it is paused.',
      perOutput(({ paused }) => (paused ? 1 : 0)),
    ),
    family(
      'output_failing_seconds',
      'gauge',
      'How long nothing could be handed on.',
      perOutput((o) => age(o.failingSince)),
    ),
    family('journal_bytes', 'gauge', 'Bytes of the journal on disk.', [[{}, state.journal?.bytes ?? 0]]),
    family('disk_free_bytes', 'gauge', 'Room where the journal is.', [[{}, state.disk.free]]),
    family('resident_bytes', 'gauge', 'Memory of the process.', [[{}, state.memory.resident]]),
    family('cpu_seconds_total', 'counter', 'Processor time.', [[{}, state.cpu]]),
    family('events_total', 'counter', 'Events told.', [[{}, state.events]]),
  ].join('');
}

function family(name: string, type: 'counter' | 'gauge', help: string, samples: readonly Sample[]): string {
  if (samples.length === 0) return '';
  const full = `spamtrap_${name}`;
  const lines = samples.map(([labels, value]) => `${full}${labelText(labels)} ${value}\n`);
  return `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n${lines.join('')}`;
}

// Names of rules come from people, but a file of rules may come from anywhere.
function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escape(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escape(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
