import { parseArgs } from 'node:util';

export interface Options {
  readonly names: readonly string[];
  readonly rounds: number;
  readonly quick: boolean;
  readonly json: boolean;
  readonly keep: boolean;
  readonly list: boolean;
  readonly help: boolean;
}

export const usage = `Usage: npm run bench -- [NAME…] [--rounds N] [--quick] [--json] [--keep] [--list]

  NAME        rows or groups to measure, as --list shows them; all without any
  --rounds N  how often each ratio is taken (3)
  --quick     one round, short loads, nothing that takes minutes by its nature
  --json      the result as one JSON object on standard output
  --keep      leave the data in bench-out/ (see docs/benchmarks.md for why that can be wise)
  --list      show the rows and their targets, measure nothing`;

export function readOptions(argv: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 3));
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 25) {
    throw new Error(`--rounds takes a whole number from 1 to 25, not "${values.rounds}"`);
  }
  return { ...values, rounds, names: positionals };
}
