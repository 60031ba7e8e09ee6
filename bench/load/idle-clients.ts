import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { endChild, startChild, type Child } from '../machine/children.ts';

const script = fileURLToPath(new URL('./idle-clients-process.ts', import.meta.url));
/** Few enough for a usual limit of open files; more connections mean more processes. */
const perProcess = 2_500;

/** Connections that were greeted, said EHLO, got their answer, and now stay silent. */
export class IdleClients {
  readonly #processes: readonly Child[];
  readonly held: number;

  static async hold(port: number, count: number): Promise<IdleClients> {
    const processes: Child[] = [];
    let held = 0;
    for (let left = count; left > 0; left -= perProcess) {
      const child = startChild(process.execPath, [script, String(port), String(Math.min(left, perProcess))], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      processes.push(child);
      for await (const line of createInterface(child.stdout!)) {
        held += Number(line);
        break;
      }
    }
    return new IdleClients(processes, held);
  }

  private constructor(processes: readonly Child[], held: number) {
    this.#processes = processes;
    this.held = held;
  }

  async release(): Promise<void> {
    await Promise.all(this.#processes.map((child) => endChild(child)));
  }
}
