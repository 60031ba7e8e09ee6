import type { Group } from '../group.ts';
import type { Measured, Row } from '../row.ts';
import { measureStartUp } from '../start-up.ts';

const repetitions = 9;
const bare = 'node -e 0';

const commands: Readonly<Record<string, { readonly command: string; readonly atMost: number }>> = {
  'start/version': { command: 'spamtrap --version', atMost: 2.5 },
  'start/help': { command: 'spamtrap --help', atMost: 3.5 },
  'start/command': { command: 'spamtrap shell-init bash', atMost: 3.5 },
};

/** How long a command takes before it has done anything. */
export const start: Group = {
  name: 'start',
  rows: Object.entries(commands).map(([name, { command, atMost }]): Row => {
    const about = `time that ${command} takes; the same Node.js doing nothing`;
    return { name, about, unit: 'x', partsUnit: 'ms', target: { atMost }, needs: [] };
  }),
  async measure({ rows, say }) {
    const times = new Map(measureStartUp(repetitions).map((row) => [row.name, row]));
    const peer = times.get(bare)!.medianMs;
    const measured = new Map<string, Measured>();
    for (const [name, { command }] of Object.entries(commands)) {
      const { medianMs, ratio } = times.get(command)!;
      say(`${command} ${Math.round(medianMs)} ms`);
      if (rows.has(name)) measured.set(name, { value: ratio, ours: medianMs, peer });
    }
    return measured;
  },
};
