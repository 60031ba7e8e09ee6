import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errno, Fault } from '../../errors.ts';
import { printable } from '../../text/printable.ts';
import type { ComparedFile } from '../compare-files.ts';
import { modes } from '../planned-file.ts';

/** What one of Postfix's own programs thinks of the configuration. */
export interface Check {
  readonly command: string;
  /** Why it was not asked; undefined when it was. */
  readonly leftOut?: string;
  readonly warnings: readonly string[];
}

/** Its programs are for root, and not on every user's path. */
const usualPath = `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin`;

/**
 * Has Postfix look at what the folder would hold, in a copy with a queue of its own: neither the folder nor a Postfix
 * that runs is touched. Throws what it finds wrong.
 */
export function checkConfiguration(folder: string, compared: readonly ComparedFile[], path = usualPath): Check[] {
  const place = mkdtempSync(join(tmpdir(), 'spamtrap-postfix-'));
  const copy = join(place, 'configuration');
  try {
    // Postfix drops its privileges and then wants to find its folders. Those below the queue it makes itself.
    for (const made of [copy, join(place, 'queue')]) mkdirSync(made);
    for (const entered of [place, copy, join(place, 'queue')]) chmodSync(entered, 0o755);
    for (const { file, state, before } of compared) {
      const text = state === 'kept' ? before!.text : file.text;
      writeFileSync(join(copy, file.name), file.name === 'main.cf' ? detached(text, place) : text, {
        mode: modes[file.access],
      });
    }
    const maps = mapsIn(compared);
    const ask = (command: string, args: readonly string[]) => askPostfix(command, args, { place, copy, folder, path });
    return [
      ask('postconf -n', ['postconf', '-c', copy, '-n']),
      ask('postconf -M', ['postconf', '-c', copy, '-M']),
      ...maps.map((map) =>
        ask(`postmap -s texthash:${map}`, ['postmap', '-c', copy, '-s', `texthash:${join(copy, map)}`]),
      ),
      process.getuid?.() === 0
        ? ask('postfix check', ['postfix', '-c', copy, 'check'])
        : { command: 'postfix check', leftOut: 'only root may ask for it', warnings: [] },
    ];
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

// To a file of its own, because `postfix` speaks to a terminal or to the system's log and to nobody else.
const logFile = 'log';

function detached(mainCf: string, place: string): string {
  const own = {
    queue_directory: join(place, 'queue'),
    data_directory: join(place, 'data'),
    maillog_file: join(place, logFile),
    maillog_file_prefixes: place,
  };
  const lines = Object.entries(own).map(([name, value]) => `${name} = ${value}\n`);
  return `${mainCf.replace(/^maillog_file = .*\n/m, '')}${lines.join('')}`;
}

function mapsIn(compared: readonly ComparedFile[]): string[] {
  const text = compared.find(({ file }) => file.name === 'main.cf')?.file.text ?? '';
  const named = [...text.matchAll(/texthash:\$config_directory\/(\w+)/g)].map(([, name]) => name!);
  return [...new Set(named)];
}

interface Places {
  readonly place: string;
  readonly copy: string;
  readonly folder: string;
  /** Where programs are looked for. */
  readonly path: string;
}

function askPostfix(
  command: string,
  [program, ...args]: readonly string[],
  { place, copy, folder, path }: Places,
): Check {
  const { error, status, stderr } = spawnSync(program!, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 60_000,
    env: { PATH: path, LC_ALL: 'C' },
  });
  if (errno(error) === 'ENOENT') return { command, leftOut: `${program} is not installed`, warnings: [] };
  const said = complaints(`${stderr ?? ''}\n${takeLog(place)}`.replaceAll(copy, folder));
  if (status === 0) return { command, warnings: said };
  throw new Fault(`"${command}" refuses the configuration: ${said.join('; ') || 'it does not say why'}.`, {
    code: 'setup.refused',
    fix: 'Nothing was changed. Correct the file that it names, or report this if you have not edited any.',
    cause: error,
  });
}

/** What was logged since this was last asked. */
function takeLog(place: string): string {
  const path = join(place, logFile);
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  } finally {
    rmSync(path, { force: true });
  }
}

function complaints(said: string): string[] {
  const lines = said.split('\n').map((line) => /(?:warning|error|fatal|panic): .*/.exec(line)?.[0]);
  return lines.filter((line) => line !== undefined).map(printable);
}
