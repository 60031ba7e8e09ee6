import type { Capture } from '../../src/lib/capture/capture.ts';
import { delivered, type Outcome, type Output } from '../../src/lib/outputs/output.ts';

/** An output that remembers, and does with each batch what the test wants. */
export class MemoryOutput implements Output {
  readonly name = 'memory';
  readonly taken: string[] = [];
  checkpoints = 0;
  before: (batch: readonly Capture[]) => void | Promise<void> = () => undefined;
  judge: (capture: Capture) => Outcome = () => delivered;

  async open(): Promise<void> {
    // Nothing to get ready.
  }

  async deliver(batch: readonly Capture[]): Promise<readonly Outcome[]> {
    await this.before(batch);
    const outcomes = batch.map((capture) => this.judge(capture));
    for (const [index, capture] of batch.entries()) {
      if (outcomes[index]?.kind === 'delivered') this.taken.push(capture.facts.id);
    }
    return outcomes;
  }

  async checkpoint(): Promise<void> {
    this.checkpoints++;
  }

  async close(): Promise<void> {
    // Nothing to end.
  }
}
