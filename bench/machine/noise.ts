import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';

/** What else the machine was busy with; figures taken on a busy one are worth little. */
export interface Noise {
  readonly processors: number;
  readonly loadBefore: number;
  /** Share of the time that the hypervisor gave to other machines. */
  readonly stolen: number;
}

export class NoiseMeter {
  readonly #loadBefore = loadavg()[0]!;
  readonly #before = processorTicks();

  read(): Noise {
    const now = processorTicks();
    const total = now.total - this.#before.total;
    return {
      processors: cpus().length,
      loadBefore: this.#loadBefore,
      stolen: total > 0 ? (now.stolen - this.#before.stolen) / total : 0,
    };
  }
}

function processorTicks(): { stolen: number; total: number } {
  const line = /^cpu\s+(.*)$/m.exec(readFileSync('/proc/stat', 'utf8'))![1]!;
  const ticks = line.split(/\s+/).map(Number).slice(0, 8);
  return { stolen: ticks[7]!, total: ticks.reduce((sum, value) => sum + value, 0) };
}
