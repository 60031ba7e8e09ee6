import { describe, expect, test } from 'vitest';
import { spamtrap } from './spamtrap.ts';

const seeHelp = 'see spamtrap --help';

describe('a wrong call gets two lines and status 2', () => {
  test.each([
    ['shell-inti', 'there is no command "shell-inti"', `Did you mean "spamtrap shell-init"? If not, ${seeHelp}`],
    ['shell-inti bash --json', 'there is no command "shell-inti bash"', /^Did you mean "spamtrap shell-init"\?/],
    ['xyzzy', 'there is no command "xyzzy"', seeHelp],
    ['xyzzy --help', 'there is no command "xyzzy"', seeHelp],
    ['help xyzzy', 'there is no command "xyzzy"', seeHelp],
    ['--xyzzy', 'unknown flag --xyzzy', seeHelp],
    ['shell-init', 'missing argument shell (bash, zsh, fish)', 'see spamtrap shell-init --help'],
    ['shell-init tcsh', /tcsh.*bash, zsh, fish/, 'see spamtrap shell-init --help'],
    ['shell-init bash extra', 'unexpected argument extra', 'see spamtrap shell-init --help'],
    ['shell-init bash --loud', 'unknown flag --loud', 'see spamtrap shell-init --help'],
    ['serve-relay extra words', 'unexpected arguments extra words', 'see spamtrap serve-relay --help'],
    ['serve-relay --prt 1', 'unknown flag --prt (did you mean --port?)', 'see spamtrap serve-relay --help'],
    ['serve-relay --port', /--port/, 'see spamtrap serve-relay --help'],
  ])('spamtrap %s', (line, message, fix) => {
    const { stderr, status } = spamtrap(line.split(' '));
    const [first = '', second = '', ...rest] = stderr.split('\n');
    expect(first).toMatch(/^spamtrap: /);
    expect(first.slice('spamtrap: '.length)).toEqual(
      typeof message === 'string' ? message : expect.stringMatching(message),
    );
    expect(second).toEqual(typeof fix === 'string' ? fix : expect.stringMatching(fix));
    expect(rest).toEqual(['']);
    expect(status).toBe(2);
  });

  test('in which nothing reaches the terminal as it came', () => {
    const { stderr } = spamtrap(['\u001b]0;owned\u0007\u202edna']);
    expect(stderr).toBe(`spamtrap: there is no command "\\e]0;owned\\x07\\u202edna"\n${seeHelp}\n`);
  });
});

describe('with --json the failure is an event too', () => {
  const expected = {
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
    event: 'failed',
    code: 'usage.command',
    message: 'there is no command "xyzzy"',
    fix: seeHelp,
  };

  test.each([
    [['xyzzy', '--json'], {}],
    [['xyzzy'], { SPAMTRAP_JSON: 'true' }],
  ])('%j %j', (args, env) => {
    const { stdout, stderr, status } = spamtrap(args, env);
    expect(JSON.parse(stdout)).toEqual(expected);
    expect(stdout.endsWith('}\n')).toBe(true);
    expect(stderr).toContain('there is no command');
    expect(status).toBe(2);
  });

  test.each([[['xyzzy']], [['shell-init', '--', '--json']]])('and not for %j', (args) => {
    expect(spamtrap(args)).toMatchObject({ stdout: '', status: 2 });
  });
});

test('what a callback throws is a bug, shown with its stack', () => {
  const thrower = "data:text/javascript,setTimeout(() => { throw new TypeError('late'); }, 1_000)";
  const { stderr, status } = spamtrap(['subscribe', 'nats://127.0.0.1:1/NEVER'], {
    NODE_OPTIONS: `--import="${thrower}"`,
  });
  expect(stderr).toMatch(
    /^spamtrap: this is a bug in spamtrap \d+\.\d+\.\d+\. TypeError: late\n {4}at [^]*\nPlease report it/m,
  );
  expect(status).toBe(1);
});
