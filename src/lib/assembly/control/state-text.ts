import { printable, printableWithin } from '../../text/printable.ts';
import { table } from '../../text/table.ts';
import { formatDuration, formatSize } from '../../text/units.ts';
import type { SensorState } from './sensor-state.ts';

/** How a sensor is, for people. */
export function stateText(state: SensorState): readonly string[] {
  const { command, version, pid, dataDir, configuration, now, startedAt } = state;
  const up = formatDuration(Date.parse(now) - Date.parse(startedAt));
  const life = state.stopping !== null ? `stopping: ${state.stopping}` : state.ready ? 'up' : 'starting';
  return [
    `${command} ${version}, process ${pid}: ${life}; for ${up}`,
    `data        ${dataDir}`,
    `settings    ${configuration ?? 'built-in'}`,
    ...state.listening.map(({ of, address, port, tls }) => {
      const where = port === 0 ? address : `${address} port ${port}`;
      return `listens     ${of} on ${where}${tls === 'implicit' ? ' in TLS' : ''}`;
    }),
    ...(state.refusing === null ? [] : [`REFUSING    ${printable(state.refusing)}`]),
    `journal     ${formatSize(state.journal?.bytes ?? 0)}; ${formatSize(state.disk.free)} free on its disk`,
    `memory      ${formatSize(state.memory.resident)}; ${Math.round(state.cpu)} s of a processor`,
    `probes      ${state.probes.held} held, ${state.probes.relayed} relayed, ${state.probes.refused} not relayed`,
    '',
    ...intakes(state),
    '',
    ...outputs(state),
    ...alerts(state),
  ];
}

function intakes({ intakes }: SensorState): readonly string[] {
  const head = ['intake', 'messages', 'bytes', 'last minute', 'sessions', 'open', 'logins', 'refused'];
  const rows = Object.entries(intakes).map(([name, figures]) => {
    const { messages, bytes, bySecond, sessions, open, logins, refused } = figures;
    const lastMinute = bySecond.reduce((sum, count) => sum + count, 0);
    return [name, messages, formatSize(bytes), lastMinute, sessions, open, logins, refused].map(String);
  });
  return table([head, ...rows], ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'right']);
}

function outputs({ outputs, now }: SensorState): readonly string[] {
  const since = (moment: string) => formatDuration(Math.max(Date.parse(now) - Date.parse(moment), 0));
  const head = ['output', 'state', 'delivered', 'last minute', 'behind', 'set aside'];
  const rows = outputs.map(
    ({ output, paused, failingSince, delivered, lastMinute, behindBytes, oldest, quarantined }) => {
      const state = paused ? 'paused' : failingSince ? `failing for ${since(failingSince)}` : 'well';
      const behind = oldest === null ? '' : `${formatSize(behindBytes)}, ${since(oldest)}`;
      return [printable(output), state, String(delivered), String(lastMinute), behind, String(quarantined)];
    },
  );
  return table([head, ...rows], ['left', 'left', 'right', 'right', 'right', 'right']);
}

function alerts({ alerts }: SensorState): readonly string[] {
  if (alerts.length === 0) return [];
  const lines = alerts.slice(-10).map(({ time, text }) => `${time.slice(0, 19)}Z  ${printableWithin(text, 200)}`);
  return ['', 'what an operator should know:', ...lines];
}
