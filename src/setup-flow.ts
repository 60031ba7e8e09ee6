import { exitCodes } from './lib/errors.ts';
import type { Check } from './lib/setup/ask-program.ts';
import type { ComparedFile } from './lib/setup/compare-files.ts';
import type { Command } from './lib/setup/run-commands.ts';
import type { InstalledFile } from './lib/setup/install-files.ts';
import { printable } from './lib/text/printable.ts';

// What all commands do that make files for a server: show what would change, ask, write, tell.

export interface Proposal {
  readonly folder: string;
  readonly files: readonly ComparedFile[];
  readonly checks: readonly Check[];
  readonly now: Date;
}

export interface SetupFlags {
  readonly apply: boolean;
  readonly yes: boolean;
  readonly json: boolean;
}

type Say = (line: string) => void;

/** The files that were written; none without `--apply`, and undefined when the operator said no. */
export async function carryOut(
  proposal: Proposal,
  flags: SetupFlags,
  say: Say,
): Promise<readonly InstalledFile[] | undefined> {
  const { folder, files, now } = proposal;
  const mayAsk = flags.apply && !flags.yes && !flags.json && process.stdin.isTTY && process.stdout.isTTY;
  if (!flags.json && (!flags.apply || mayAsk)) await showFiles(files, say);
  if (mayAsk && isDue(files) && !(await agrees(folder))) {
    say('Nothing was written.');
    process.exitCode = exitCodes.interrupted;
    return undefined;
  }
  if (!flags.apply) return [];
  const { installFiles } = await import('./lib/setup/install-files.ts');
  return installFiles(folder, files, now);
}

/** What was written, and what the server's own programs have to say. */
export async function tellWritten(
  { folder, files, checks }: Proposal,
  installed: readonly InstalledFile[],
  say: Say,
): Promise<void> {
  const { installedLine } = await import('./lib/setup/shown-file.ts');
  for (const file of installed) say(installedLine(file));
  for (const { command, leftOut, warnings } of checks) {
    if (leftOut !== undefined) say(`not asked  ${command}: ${leftOut}`);
    for (const warning of warnings) say(`warning    ${command}: ${warning}`);
  }
  const asked = checks.filter(({ leftOut }) => leftOut === undefined);
  if (asked.length > 0) say(`checked    ${asked.map(({ command }) => command).join(', ')}`);
  if (!isDue(files)) say(`Nothing has to change in ${printable(folder)}.`);
  else if (installed.length === 0) say('Nothing was written. --apply writes what is new or changed.');
}

/** Does what has to be done before the first start, and says what could not be done. */
export async function prepare(commands: readonly Command[], say: Say): Promise<void> {
  const { runCommands } = await import('./lib/setup/run-commands.ts');
  for (const { command, problem } of runCommands(commands)) {
    say(problem === undefined ? `done       ${command}` : `not done   ${command}: ${problem}`);
  }
}

/** A line for each file, and at the end one for all. */
export async function tellRecords(
  { folder, files, checks }: Proposal,
  installed: readonly InstalledFile[] | undefined,
  rest: object,
  say: Say,
): Promise<void> {
  const { fileRecord } = await import('./lib/setup/shown-file.ts');
  for (const file of files) say(JSON.stringify(await fileRecord(file, installed)));
  const result = !isDue(files) ? 'unchanged' : installed === undefined ? 'planned' : 'written';
  say(JSON.stringify({ result, folder, checks, ...rest }));
}

/** Variables bring lists as one text. */
export function words(given: string | readonly string[] | undefined): string[] | undefined {
  if (given === undefined) return undefined;
  return [given].flat().flatMap((each) => each.split(',').map((word) => word.trim()));
}

function isDue(files: readonly ComparedFile[]): boolean {
  return files.some(({ state }) => state === 'new' || state === 'changed');
}

async function showFiles(files: readonly ComparedFile[], say: Say): Promise<void> {
  const { shownFile } = await import('./lib/setup/shown-file.ts');
  for (const file of files) say(await shownFile(file));
}

async function agrees(folder: string): Promise<boolean> {
  const { ask } = await import('./tui/ask.tsx');
  const answers = await ask([
    {
      name: 'write',
      prompt: `Write these files to ${printable(folder)}?`,
      fallback: 'no',
      check: (answer) => (/^(?:yes|no)$/i.test(answer) ? undefined : 'Answer yes or no.'),
    },
  ]);
  return answers?.write?.toLowerCase() === 'yes';
}
