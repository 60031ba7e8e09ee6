import { Errors } from '@oclif/core';
import { errno, exitCodes, Fault, reason } from './lib/errors.ts';
import { printable } from './lib/text/printable.ts';
import type { Program } from './program.ts';
import { sourceStack } from './source-stack.ts';
import { type Failure, misuse } from './usage.ts';

/** Shows why a command failed and returns its exit status. */
export function renderFailure(thrown: unknown, argv: readonly string[], program: Program): number {
  // A command that has said all there is to say ends itself with a status.
  if (thrown instanceof Errors.ExitError) return thrown.oclif.exit ?? exitCodes.failed;
  const failure = describe(thrown, argv, program);
  process.stderr.write(`spamtrap: ${safe(failure.message)}\n${safe(failure.fix)}\n`);
  if (asksForJson(argv)) {
    const { code, message, fix } = failure;
    const event = { time: new Date().toISOString(), event: 'failed', code, message: safe(message), fix: safe(fix) };
    process.stdout.write(`${JSON.stringify(event)}\n`);
  }
  return failure.exit;
}

function describe(thrown: unknown, argv: readonly string[], program: Program): Failure {
  const misused = misuse(thrown, argv, program);
  if (misused) return misused;
  if (thrown instanceof Fault) return thrown;
  if (fullDisk.has(errno(thrown) ?? '')) {
    return {
      code: 'output.full',
      message: `Nothing more can be written: ${reason(thrown)}.`,
      fix: 'Make room, or let it be written elsewhere.',
      exit: exitCodes.failed,
    };
  }
  const stack = thrown instanceof Error && thrown.stack ? sourceStack(thrown.stack) : String(thrown);
  return {
    code: 'bug',
    message: `this is a bug in spamtrap ${program.version}. ${stack}`,
    fix: `Please report it with the lines above and what you did (Node.js ${process.versions.node}, ${process.platform}).`,
    exit: exitCodes.failed,
  };
}

// `spamtrap journal export > file` on a full disk is nobody's bug.
const fullDisk: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

// The command may not have come as far as reading its flags.
function asksForJson(argv: readonly string[]): boolean {
  if (/^(1|true|y|yes)$/i.test(process.env['SPAMTRAP_JSON'] ?? '')) return true;
  const end = argv.indexOf('--');
  return (end === -1 ? argv : argv.slice(0, end)).includes('--json');
}

// Arguments and peers' words may be part of it; line breaks are our own.
function safe(text: string): string {
  return text.split('\n').map(printable).join('\n');
}
