import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { withFieldsTable } from '../../scripts/fields-table.ts';
import { loadConfig } from '../../src/lib/config/load.ts';
import { eventNames } from '../../src/lib/events/describe.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

describe('what is written down', () => {
  it('has every event in docs/events.md, and no other', () => {
    const documented = [...read('docs/events.md').matchAll(/^\| `([\w.]+)`/gm)].map(([, name]) => name);
    expect(documented.toSorted((a, b) => a!.localeCompare(b!))).toEqual(
      eventNames.toSorted((a, b) => a.localeCompare(b)),
    );
  });

  it('has an example configuration that is right', () => {
    expect(loadConfig({ config: new URL('examples/trap.yml', root).pathname }).file).toMatch(/trap\.yml$/);
  });

  it('has every field of a filter in docs/search.md; if not, run `npm run docs`', () => {
    expect(withFieldsTable(read('docs/search.md'))).toBe(read('docs/search.md'));
  });

  it('lists every decision', () => {
    const records = readdirSync(new URL('docs/decisions/', root)).filter((name) => /^\d/.test(name));
    for (const name of records) expect(read('docs/decisions/README.md')).toContain(`(${name})`);
  });

  it('names only commands that there are', () => {
    const { commands } = JSON.parse(read('oclif.manifest.json')) as { commands: Record<string, unknown> };
    const named = [
      'README.md',
      'CONTRIBUTING.md',
      'docs/journal.md',
      'docs/personas.md',
      'docs/rules.md',
      'docs/setup-postfix.md',
      'docs/mail-server.md',
      'docs/hpfeeds.md',
      'docs/outputs.md',
      'docs/console.md',
      'docs/control.md',
      'docs/tail-maildir.md',
      'docs/doctor.md',
      'docs/search.md',
      'docs/campaigns.md',
      'docs/report.md',
      'docs/judges.md',
      'examples/recipes.md',
    ].flatMap((path) => [
      ...read(path).matchAll(
        /spamtrap ((?:outputs quarantine|journal|outputs|config|persona|rules|index|campaigns|maildir) [a-z|\\]+|\w+-\w+|serve|broker|subscribe|publish|init|log|search|show|stats|export|report)/g,
      ),
    ]);
    const ids = named.flatMap(([, words]) => {
      const topic = words!.split(' ');
      const last = topic.pop()!;
      return last.split(/\\?\|/).map((name) => [...topic, name].join(':'));
    });
    expect(ids.length).toBeGreaterThan(10);
    for (const id of ids) expect(Object.keys(commands)).toContain(id);
  });
});
