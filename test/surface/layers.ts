import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importsOf, type Import } from './imports.ts';

// The table of layers in the design, as data. A node is a folder, or a file that the table names by itself.

const src = fileURLToPath(new URL('../../src/', import.meta.url));

const rows: Readonly<Record<string, 0 | 1 | 2 | 3 | 4 | 5>> = {
  // Files directly in src: what starts, what shows failures, what commands share.
  entry: 5,
  commands: 5,
  tui: 4,
  'lib/assembly': 3,
  'lib/intake': 2,
  'lib/outputs': 2,
  'lib/ingest': 2,
  'lib/probe': 2,
  'lib/collect': 2,
  'lib/cluster': 2,
  'lib/monitor': 2,
  'lib/setup': 2,
  'lib/export': 2,
  'lib/report': 2,
  'lib/judge': 2,
  'lib/control': 2,
  'lib/smtp': 1,
  'lib/hpfeeds': 1,
  'lib/mailbox': 1,
  'lib/maildir': 1,
  'lib/journal': 1,
  'lib/rules': 1,
  'lib/events': 1,
  'lib/config': 1,
  'lib/tls': 1,
  'lib/index': 1,
  'lib/nats': 1,
  'lib/capture': 0,
  'lib/document': 0,
  'lib/files': 0,
  'lib/likeness': 0,
  'lib/mime': 0,
  'lib/net': 0,
  'lib/query': 0,
  'lib/text': 0,
  'lib/errors.ts': 0,
  'lib/patience.ts': 0,
};

// Commands render, and what they render may be a peer's words: lib/text is theirs too, beyond the design's table.
const forCommands = ['entry', 'lib/assembly', 'lib/config', 'lib/setup', 'lib/text', 'lib/errors.ts', 'tui'];
const forTui = ['lib/monitor', 'lib/text'];
const asTypesForTui = ['lib/capture', 'lib/events'];

export interface Module {
  /** Below src, e.g. `lib/text/printable.ts`. */
  readonly path: string;
  readonly imports: readonly Import[];
}

export function readModules(): Module[] {
  return readdirSync(src, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(src, join(entry.parentPath, entry.name)))
    .sort()
    .map((path) => ({ path, imports: importsOf(readFileSync(join(src, path), 'utf8')) }));
}

/** Everything that the rules forbid, one sentence each. */
export function violations(modules: readonly Module[]): string[] {
  return [...modules.flatMap(forbiddenIn), ...cycles(modules)];
}

function forbiddenIn({ path, imports }: Module): string[] {
  const from = nodeOf(path);
  if (from === undefined) return [`${path} lies in a folder that the table of layers does not know`];
  const found: string[] = [];
  if (path.endsWith('.tsx') && from !== 'tui') found.push(`${path} may not be JSX; that belongs in tui`);
  for (const { specifier, typeOnly } of imports) {
    if (!specifier.startsWith('.')) {
      if (from !== 'tui' && isInterface(specifier)) found.push(`${path} may not import ${specifier}; only tui may`);
      continue;
    }
    const target = resolve(path, specifier);
    const to = nodeOf(target);
    if (to === undefined) found.push(`${path} imports ${target}, which the table of layers does not know`);
    else if (!mayImport(from, to, typeOnly)) found.push(`${path} may not import ${target}: ${from} → ${to}`);
  }
  return found;
}

function mayImport(from: string, to: string, typeOnly: boolean): boolean {
  if (from === to) return true;
  const row = rows[from]!;
  if (row === 5) return forCommands.includes(to);
  if (row === 4) return forTui.includes(to) || (typeOnly && asTypesForTui.includes(to));
  if (row === 3) return to.startsWith('lib/');
  if (row === 0) return rows[to] === 0;
  return rows[to]! < row;
}

function isInterface(specifier: string): boolean {
  return /^(react|ink|@inkjs)(\/|$)|^(react|ink)-/.test(specifier);
}

function nodeOf(path: string): string | undefined {
  if (!path.includes('/')) return 'entry';
  const [first, second] = path.split('/');
  const node = first === 'lib' ? `lib/${second}` : first!;
  return node in rows ? node : undefined;
}

function resolve(path: string, specifier: string): string {
  return posix.normalize(posix.join(dirname(path), specifier));
}

function cycles(modules: readonly Module[]): string[] {
  const arrows = new Map(
    modules.map(({ path, imports }) => [
      path,
      imports.filter(({ specifier }) => specifier.startsWith('.')).map(({ specifier }) => resolve(path, specifier)),
    ]),
  );
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start !== -1) found.push(`these import each other: ${[...trail.slice(start), path].join(' → ')}`);
    if (start !== -1 || done.has(path)) return;
    for (const next of arrows.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of arrows.keys()) visit(path, []);
  return found;
}
