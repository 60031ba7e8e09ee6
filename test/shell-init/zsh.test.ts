import { describe, expect, test } from 'vitest';
import { peer } from '../support/peers.ts';
import { ShellBench, scriptNames, scriptText } from './shells.ts';

const init = 'eval "$(spamtrap shell-init zsh)"';

peer('zsh')('in zsh', () => {
  const zsh = new ShellBench('zsh');

  describe('what is not ours behaves as if nothing had been defined', () => {
    const modes = {
      'in a script': ['-f'],
      'in an interactive shell': ['-f', '-i'],
      'with posix_traps': ['-f', '-o', 'posix_traps'],
      'with local_traps': ['-f', '-o', 'local_traps'],
    };
    // What traps set inside traps cannot be local to a function; the printed text says so.
    const possible = (mode: string, name: string): boolean => mode !== 'with local_traps' || name !== 'handlers.zsh';
    describe.each(Object.entries(modes))('%s', (mode, args) => {
      test.each(scriptNames('zsh').filter((name) => possible(mode, name)))('%s', (name) => {
        const text = scriptText('zsh', name);
        const alone = zsh.script(':', text, { args });
        expect(zsh.script(init, text, { args })).toEqual(alone);
        expect(zsh.script(`${init}; ${init}`, text, { args })).toEqual(alone);
      });
    });

    test.each(['exit', 'posix', 'error', 'handlers'])('and %s.zsh would notice a plain function', (name) => {
      const text = scriptText('zsh', `${name}.zsh`);
      const alone = zsh.script(':', text);
      expect(zsh.script('trap() { builtin trap "$@" }', text).stdout).not.toBe(alone.stdout);
    });

    test('all on one line', () => {
      const text = `f() { trap 'echo "exit of f"' EXIT; echo body }; f; trap 'echo bye' EXIT; trap; (trap 'echo sub' EXIT)`;
      expect(zsh.run({ args: ['-fc', `${init}; ${text}`] })).toEqual(zsh.run({ args: ['-fc', text] }));
    });

    test.each(['sh', 'ksh', 'csh'])('as %s', (emulated) => {
      const text = `f() { trap 'echo exit' EXIT; echo body; }\nf\ntrap 'echo hup' HUP 1\ntrap x NOSUCH || echo no\ntrap`;
      const args = ['--emulate', emulated];
      expect(zsh.script(init, text, { args })).toEqual(zsh.script(':', text, { args }));
    });
  });

  describe('our words reach spamtrap', () => {
    const text = `trap serve
trap serve-relay --port 0 'a  b' "*" $'new\\nline' ''
NAME=value trap serve assignment
trap serve pipe | cat
trap serve redirected >out 2>&1; cat out
(trap serve subshell)
echo "$(trap serve substitution)"
in_function() { trap config show; }
in_function
if trap serve condition; then :; fi
word=serve; trap $word variable
`;
    const told = `spamtrap <serve>
spamtrap <serve-relay> <--port> <0> <a  b> <*> <new
line> <>
spamtrap <serve> <assignment>
spamtrap <serve> <pipe>
spamtrap <serve> <redirected>
spamtrap <serve> <subshell>
spamtrap <serve> <substitution>
spamtrap <config> <show>
spamtrap <serve> <condition>
spamtrap <serve> <variable>
`;

    test('with their arguments, wherever a command may stand', () => {
      expect(zsh.script(init, text, { args: ['-f'] })).toEqual({ stdout: told, stderr: '', status: 0 });
    });

    test('whatever the options', () => {
      const options = 'setopt ksh_arrays sh_word_split err_exit no_unset rc_quotes warn_create_global posix_builtins';
      expect(zsh.script(`${options}; ${init}`, text, { args: ['-f'] })).toEqual({
        stdout: told,
        stderr: '',
        status: 0,
      });
    });

    test('and their status comes back', () => {
      const call = { args: ['-f'], env: { STUB_STATUS: '4' } };
      expect(zsh.script(init, 'trap serve; echo $?', call).stdout).toBe('spamtrap <serve>\n4\n');
      expect(zsh.script(`${init}; set -e`, 'trap serve; echo no', call)).toMatchObject({ status: 4 });
    });

    test('at a prompt', () => {
      const { stdout } = zsh.run({ args: ['-f', '-i'], input: `${init}\ntrap serve 'a b'\ntrap 'echo bye' EXIT\n` });
      expect(stdout).toBe('spamtrap <serve> <a b>\nbye\n');
    });

    test('while a word followed by signals is somebody’s function', () => {
      const text = 'status() { echo "my status" }\ntrap status EXIT INT SIGTERM\ntrap status --json\n';
      expect(zsh.script(init, text.replaceAll('status', 'journal'), { args: ['-f'] }).stdout).toBe(
        'spamtrap <journal> <--json>\nmy journal\n',
      );
    });
  });

  test('it does no harm when spamtrap has gone', () => {
    const { stdout, stderr } = zsh.script(
      init,
      `mv bin gone; rehash; trap 'echo bye' EXIT; trap serve; echo $?; mv gone bin`,
      {
        args: ['-f'],
      },
    );
    expect(stdout).toBe('127\nbye\n');
    expect(stderr).toContain('command not found: spamtrap');
  });
});
