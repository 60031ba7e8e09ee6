import type { Examined, Step } from '../steps/step.ts';

/** Steps that say something about one thing, each by itself. */
export function looks(subject: string, type: string, steps: readonly Omit<Step, 'needed'>[]): Examined {
  return {
    subject,
    type,
    steps: steps.map((step) => ({ ...step, run: (signal) => step.run(signal), needed: 'by itself' })),
    close: () => undefined,
  };
}
