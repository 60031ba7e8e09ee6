import { statfs } from 'node:fs/promises';
import { measureJournal } from '../../journal/retention.ts';
import { journalLayout } from '../../journal/layout.ts';
import type { Figures } from '../../monitor/figures.ts';
import type { OutputView, SensorView } from '../../monitor/sensor-view.ts';
import type { Configuration } from './configuration.ts';
import type { Program } from './control-service.ts';

/** How a sensor is, for those who ask. All of it is JSON. */
export type SensorState = SensorView;

export interface StateSources {
  readonly program: Program;
  readonly dataDir: string;
  readonly configuration: Configuration;
  readonly figures: Figures;
  /** Absent where there is no journal. */
  readonly journal?: 'kept';
  readonly outputs: () => Promise<readonly OutputView[]>;
}

export async function sensorState(sources: StateSources): Promise<SensorState> {
  const { program, dataDir, configuration, figures, journal, outputs } = sources;
  const [{ bavail, blocks, bsize }, bytes, standing] = await Promise.all([
    statfs(dataDir),
    journal && measureJournal(journalLayout(dataDir)),
    // While it starts or stops there are none.
    outputs().catch(() => []),
  ]);
  const { user, system } = process.cpuUsage();
  return {
    ...figures.at(),
    ...program,
    pid: process.pid,
    dataDir,
    configuration: configuration.file ?? null,
    outputs: standing,
    journal: bytes === undefined ? null : { bytes },
    disk: { free: bavail * bsize, total: blocks * bsize },
    memory: { resident: process.memoryUsage.rss() },
    cpu: (user + system) / 1e6,
  };
}
