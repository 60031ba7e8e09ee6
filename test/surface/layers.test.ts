import { describe, expect, test } from 'vitest';
import { importsOf } from './imports.ts';
import { type Module, readModules, violations } from './layers.ts';

test('no source file imports what its layer may not', () => {
  const modules = readModules();
  expect(modules.length).toBeGreaterThan(20);
  expect(violations(modules)).toEqual([]);
});

function module(path: string, ...specifiers: readonly string[]): Module {
  return { path, imports: specifiers.map((specifier) => ({ specifier, typeOnly: false })) };
}

describe('the rules', () => {
  test.each([
    ['commands/serve.ts', '../lib/assembly/serve.ts'],
    ['commands/journal/list.ts', '../../flags.ts'],
    ['commands/serve.ts', '../lib/text/printable.ts'],
    ['commands/watch.ts', '../tui/watch.tsx'],
    ['main.ts', './failure.ts'],
    ['tui/screen/list.tsx', '../../lib/monitor/store.ts'],
    ['tui/list.tsx', 'react'],
    ['lib/assembly/serve.ts', '../intake/relay.ts'],
    ['lib/outputs/maildir.ts', '../maildir/folder.ts'],
    ['lib/journal/journal.ts', '../capture/id.ts'],
    ['lib/text/printable.ts', '../errors.ts'],
    ['lib/journal/a.ts', './b.ts'],
  ])('let %s import %s', (path, specifier) => {
    expect(violations([module(path, specifier)])).toEqual([]);
  });

  test.each([
    ['commands/serve.ts', '../lib/journal/journal.ts'],
    ['commands/serve.ts', '../lib/intake/relay.ts'],
    ['failure.ts', './lib/events/event.ts'],
    ['main.ts', './commands/serve.ts'],
    ['tui/list.tsx', '../lib/assembly/serve.ts'],
    ['tui/list.tsx', '../lib/events/event.ts'],
    ['lib/assembly/serve.ts', '../../tui/list.tsx'],
    ['lib/assembly/serve.ts', '../../flags.ts'],
    ['lib/outputs/maildir.ts', '../intake/relay.ts'],
    ['lib/outputs/maildir.ts', '../assembly/serve.ts'],
    ['lib/journal/journal.ts', '../events/event.ts'],
    ['lib/smtp/session.ts', '../intake/relay.ts'],
    ['lib/text/printable.ts', '../config/load.ts'],
    ['lib/errors.ts', './journal/journal.ts'],
    ['lib/assembly/serve.ts', 'ink'],
    ['commands/serve.ts', 'react/jsx-runtime'],
    ['commands/serve.ts', '@inkjs/ui'],
    ['commands/serve.ts', '../utils/text.ts'],
  ])('do not let %s import %s', (path, specifier) => {
    expect(violations([module(path, specifier)])).toHaveLength(1);
  });

  test('let the terminal interface have types of captures and events, and no more', () => {
    const imports = [{ specifier: '../lib/events/event.ts', typeOnly: true }];
    expect(violations([{ path: 'tui/list.tsx', imports }])).toEqual([]);
    expect(
      violations([{ path: 'lib/journal/journal.ts', imports: [{ ...imports[0]!, specifier: '../events/e.ts' }] }]),
    ).toHaveLength(1);
  });

  test('know every folder, and JSX only in tui', () => {
    expect(violations([module('lib/utils/a.ts')])).toHaveLength(1);
    expect(violations([module('helpers/a.ts')])).toHaveLength(1);
    expect(violations([module('commands/a.tsx')])).toHaveLength(1);
  });

  test('see cycles of any length', () => {
    expect(violations([module('lib/text/a.ts', './b.ts'), module('lib/text/b.ts', './a.ts')])).toEqual([
      'these import each other: lib/text/a.ts → lib/text/b.ts → lib/text/a.ts',
    ]);
    const ring = ['a', 'b', 'c'].map((name, index, all) =>
      module(`lib/text/${name}.ts`, `./${all[(index + 1) % 3]}.ts`),
    );
    expect(violations(ring)).toHaveLength(1);
    expect(violations([module('lib/text/a.ts', './a.ts')])).toHaveLength(1);
  });
});

test('imports are found however they are written', () => {
  const source = `
import { a } from './a.ts';
import type { B } from './b.ts';
import C, { type D } from './c.ts';
import * as e from './e.ts';
import './f.ts';
import {
  g, // from './no.ts'
  type H,
} from './g.ts';
export { i } from './i.ts';
export * from './j.ts';
export type { K } from './k.ts';
// import { l } from './no.ts';
/* import './no.ts'; */
const m = await import('./m.ts');
type N = import('./n.ts').N;
type O = typeof import('./o.ts');
const text = "import './no.ts'; // ";
const template = \`
import { p } from './no.ts';
\`;
export const q = 'from';
`;
  const found = importsOf(source);
  expect(found.map(({ specifier }) => specifier[2])).toEqual('abcefgijkmno'.split(''));
  expect(found.filter(({ typeOnly }) => typeOnly).map(({ specifier }) => specifier[2])).toEqual(['b', 'k', 'o']);
});
