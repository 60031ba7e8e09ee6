import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askProgram, usualPath, type Check } from '../ask-program.ts';
import type { ComparedFile } from '../compare-files.ts';
import { modes } from '../planned-file.ts';

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
    const ask = (command: string, words: readonly string[]) => {
      return askProgram(command, words, {
        path,
        also: () => takeLog(place),
        plain: (said) => said.replaceAll(copy, folder),
      });
    };
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
  const names = Object.keys(own).join('|');
  return `${mainCf.replaceAll(new RegExp(`^(?:${names}) = .*\\n`, 'gm'), '')}${lines.join('')}`;
}

function mapsIn(compared: readonly ComparedFile[]): string[] {
  const text = compared.find(({ file }) => file.name === 'main.cf')?.file.text ?? '';
  const named = [...text.matchAll(/texthash:\$config_directory\/(\w+)/g)].map(([, name]) => name!);
  return [...new Set(named)];
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
