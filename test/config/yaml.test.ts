import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DocumentFault } from '../../src/lib/document/faults.ts';
import { loadConfig } from '../../src/lib/config/load.ts';
import { configFault, createPlace, linesOf, placeWith } from './place.ts';

const load = (yaml: string) => loadConfig({ machine: placeWith(yaml) });
const lines = (yaml: string) => linesOf(() => load(yaml));

describe('YAML that cannot be understood gives one fault with line and column', () => {
  const tab = 'a tab is used as indentation; YAML takes only spaces';
  const deep = 'nested too deeply';
  const tag = 'tags (!…) have no meaning here; put text that begins with "!" in quotes';
  const mega = 2 ** 20;

  it.each([
    ['a tab before a key', 'relay:\n  port: 1\n\tbind: x\n', `trap.yml:3:1: ${tab}`],
    ['a tab behind spaces', 'relay:\n  limits:\n  \terrors: 1\n', `trap.yml:3:3: ${tab}`],
    ['a tab at the very beginning', '\trelay: 1\n', `trap.yml:1:1: ${tab}`],
    ['an open list', 'relay:\n  bind: [127.0.0.1\nlog: {}\n', /^trap\.yml:3:1: not indented far enough/],
    ['an open quote', 'relay:\n  bind: "127.0.0.1\n', /^trap\.yml:3:1: not indented far enough/],
    ['two colons', 'relay: port: 25', /^trap\.yml:1:12: does not fit here/],
    ['a tag', 'relay:\n  port: !!int 25', `trap.yml:2:15: ${tag}`],
    ['a key that is a list', '? [relay]\n: {}', 'trap.yml:1:3: a key must be a single word'],
    ['a second document', 'relay: {}\n---\nrelay: {}\n', 'trap.yml:3:1: a second document; the file holds only one'],
    ['an unknown alias', 'relay: *x', /^trap\.yml:1:8: an alias \(\*…\) refers to nothing/],
    ['an alias of itself', 'relay: &x [*x]', /^trap\.yml:1:12: an alias \(\*…\) refers to nothing/],
    ['a NUL', 'relay: \0', 'trap.yml:1:8: not valid YAML: null byte is not allowed in input'],
    ['a megabyte of [', '['.repeat(mega), new RegExp(`^trap\\.yml:1:\\d+: ${deep}`)],
    ['a megabyte of {', '{a: '.repeat(mega / 4), new RegExp(`^trap\\.yml:1:\\d+: ${deep}`)],
    ['a megabyte of -', '- '.repeat(mega / 2), new RegExp(`^trap\\.yml:1:\\d+: ${deep}`)],
    ['a megabyte of ?', '? '.repeat(mega / 2), new RegExp(`^trap\\.yml:1:\\d+: ${deep}`)],
    ['deep mappings', stairs(1400), new RegExp(`^trap\\.yml:\\d+:\\d+: ${deep}`)],
  ])('%s', (_, yaml, expected) => {
    const found = lines(yaml);
    expect(found).toHaveLength(1);
    if (typeof expected === 'string') expect(found[0]).toBe(expected);
    else expect(found[0]).toMatch(expected);
  });

  it('an alias bomb', () => {
    const steps = Array.from({ length: 9 }, (_, step) => `${step}: &x${step} [${`*x${step - 1}, `.repeat(9)}]`);
    const found = lines(['first: &x-1 [lol]', ...steps].join('\n'));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^trap\.yml:\d+:\d+: aliases unfold to more than 10000 values; write them out$/);
  });
});

describe('YAML', () => {
  it('may repeat a few values by alias', () => {
    const { settings } = load('relay: {port: &p 25, limits: {errors: *p}}');
    expect(settings.relay.limits.errors).toBe(25);
  });

  it('may not repeat a key, and the other faults are still found', () => {
    expect(lines('relay:\n  port: 1\n  port: 2\nlog: {}\nrelay: {}\nlogs: {}\n')).toEqual([
      'trap.yml:3:3: relay.port: written twice; the first is at trap.yml:2:3',
      'trap.yml:5:1: relay: written twice; the first is at trap.yml:1:1',
      'trap.yml:6:1: logs: unknown key; did you mean log?',
    ]);
  });

  it.each(['', '# nothing but comments\n', '---\n', '---\n...\n', '{}', 'null'])('may say nothing: %j', (yaml) => {
    expect(load(yaml).settings.lmtp.port).toBe(6024);
  });

  // It is not repeated, because it may be a secret in the wrong place.
  it.each([
    ['text', 'hello'],
    ['a list', '- relay'],
  ])('must be keys, not %s', (_, yaml) => {
    expect(lines(yaml)[0]).toMatch('trap.yml:1:1: what is written here is not valid; write keys: dataDir, sensor');
  });

  it('has its lines and columns right whatever ends a line', () => {
    expect(load('# a\r\n\r\nrelay:\r\n  port: 1\r\n').origins.get('relay.port')).toBe('trap.yml:4:9');
    expect(load("relay:\r  hostname: 'a.example'\r").origins.get('relay.hostname')).toBe('trap.yml:2:13');
  });

  it('does not show what it found where it could not be read, for it may be a secret', () => {
    const secrets = [
      '!hunter2',
      '*hunter2',
      '!hunter2!x y',
      '@hunter2',
      '"hunter2',
      '%hunter2',
      '!<hunter2',
      '!h%unter2{',
    ];
    for (const secret of secrets) {
      expect(configFault(() => load(`sensor: {name: ${secret}}`)).message).not.toContain('unter2');
    }
  });

  it('that is no configuration in any line gives no endless list', () => {
    const found = lines(Array.from({ length: 60_000 }, (_, line) => `key${line}: ${line}`).join('\n'));
    expect(found).toHaveLength(101);
    expect(found.at(-1)).toBe('… and 59900 more');
  });
});

describe('any text', () => {
  const keys = ['relay', 'port', 'limits', 'outputs', 'maildir', 'type', 'bind', 'log', 'a', '25', '5m', '~', 'true'];
  const marks = [
    ':',
    ': ',
    '- ',
    '? ',
    '[',
    ']',
    '{',
    '}',
    ', ',
    '\n',
    '\n  ',
    '\n    ',
    '\t',
    '&a ',
    '*a',
    '!t ',
    '!!str ',
  ];
  const odd = [
    '"',
    "'",
    '|\n',
    '>-\n',
    '---\n',
    '...\n',
    '# c\n',
    '<<: ',
    '%YAML 1.2\n',
    '\0',
    '\ud800',
    '\u2028',
    '\r',
  ];
  const soup = fc.array(fc.constantFrom(...keys, ...marks, ...odd), { maxLength: 60 }).map((parts) => parts.join(''));
  const unit = fc.oneof(fc.string({ unit: 'binary' }), soup, fc.json());

  // A text that takes for ever is what the limit of the test is for; a busy machine is no fault.
  it('loads or throws a DocumentFault, and does so at once', { timeout: 300_000 }, () => {
    const machine = createPlace();
    fc.assert(
      fc.property(unit, (yaml) => {
        machine.write('work/trap.yml', yaml);
        try {
          loadConfig({ machine });
        } catch (thrown) {
          if (!(thrown instanceof DocumentFault)) throw thrown;
          for (const { origin } of thrown.faults) expect(origin).toMatch(/^trap\.yml:\d+:\d+$/);
          expect(thrown.faults).not.toHaveLength(0);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

/** Each key one column further in than the last, to about a megabyte. */
function stairs(steps: number): string {
  return Array.from({ length: steps }, (_, step) => `${' '.repeat(step)}k:`).join('\n');
}
