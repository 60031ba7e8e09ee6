import { isUtf8 } from 'node:buffer';
import { dirname, isAbsolute, join } from 'node:path';
import { errno, reason } from '../errors.ts';
import { printable } from '../text/printable.ts';
import { readBounded } from '../document/bounded-file.ts';
import type { FaultList } from '../document/faults.ts';
import type { Machine } from './machine.ts';
import { resolvePath } from './words/path.ts';
import { placesIn } from '../document/yaml/places.ts';

export interface ConfigFile {
  readonly path: string;
  /** The path as the operator knows it. */
  readonly shown: string;
  readonly folder: string;
  readonly source: string;
}

interface Candidate {
  readonly path: string;
  readonly shown: string;
  /** Who named it; nobody named the usual places, so nothing is missed when they are empty. */
  readonly namedBy?: string;
}

const mostBytes = 2 ** 20;

/** The one file that counts: the named one, or the first of the usual places that holds one. */
export function findConfigFile(named: string | undefined, machine: Machine, faults: FaultList): ConfigFile | undefined {
  for (const candidate of candidates(named, machine)) {
    const file = readCandidate(candidate, faults);
    if (file === 'faulty') return undefined;
    if (file !== 'absent') return file;
  }
  return undefined;
}

/** A file that is no configuration, but read and refused as one. */
export function readNamedFile(
  path: string,
  namedBy: string,
  machine: Machine,
  faults: FaultList,
): ConfigFile | undefined {
  const file = readCandidate(namedFile(path, namedBy, machine), faults);
  return file === 'faulty' || file === 'absent' ? undefined : file;
}

function candidates(named: string | undefined, machine: Machine): readonly Candidate[] {
  if (named !== undefined) return [namedFile(named, '--config', machine)];
  const fromEnv = machine.env['SPAMTRAP_CONFIG'];
  if (fromEnv) return [namedFile(fromEnv, 'env SPAMTRAP_CONFIG', machine)];
  const configHome = machine.env['XDG_CONFIG_HOME'];
  const userConfig = configHome && isAbsolute(configHome) ? configHome : join(machine.home, '.config');
  const users = join(userConfig, 'spamtrap', 'trap.yml');
  return [
    { path: join(machine.cwd, 'trap.yml'), shown: 'trap.yml' },
    { path: users, shown: users },
    { path: '/etc/spamtrap/trap.yml', shown: '/etc/spamtrap/trap.yml' },
  ];
}

function namedFile(text: string, namedBy: string, machine: Machine): Candidate {
  return { path: resolvePath(text, machine.cwd, machine) ?? text, shown: text, namedBy };
}

function readCandidate({ path, shown, namedBy }: Candidate, faults: FaultList): ConfigFile | 'absent' | 'faulty' {
  const file = printable(shown);
  try {
    const bytes = readBounded(path, mostBytes);
    if (bytes === undefined) {
      faults.add({ origin: file, problem: 'larger than 1 MiB, which is no configuration' });
      return 'faulty';
    }
    // A byte-order mark is no part of the first line, and would shift its columns.
    const source = bytes.toString('utf8').replace(/^\ufeff/, '');
    const folder = dirname(path);
    if (isUtf8(bytes)) return { path, shown, folder, source };
    const place = placesIn(source, { shown, folder }).origin(source.indexOf('\ufffd'));
    faults.add({ origin: place.text, problem: 'not UTF-8 text' });
  } catch (thrown) {
    const code = errno(thrown);
    if (namedBy === undefined && (code === 'ENOENT' || code === 'ENOTDIR')) return 'absent';
    const problem = `cannot be read: ${(code && unreadable.get(code)) ?? reason(thrown)}`;
    faults.add({ origin: namedBy ?? file, value: `"${file}"`, problem });
  }
  return 'faulty';
}

const unreadable = new Map([
  ['ENOENT', 'there is no such file'],
  ['EACCES', 'permission denied'],
  ['EISDIR', 'it is a folder'],
]);
