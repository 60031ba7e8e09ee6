import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ShellBench, scriptNames, scriptText } from './shells.ts';

// Debian's bash is essential: there is no machine of ours without it.

const bash = new ShellBench('bash');
const init = 'eval "$(spamtrap shell-init bash)"';

describe('what is not ours behaves as if nothing had been defined', () => {
  const modes = { 'in a script': ['--norc'], 'in an interactive shell': ['--norc', '-i'] };
  describe.each(Object.entries(modes))('%s', (_, args) => {
    test.each(scriptNames('bash'))('%s', (name) => {
      const text = scriptText('bash', name);
      const alone = bash.script(':', text, { args });
      expect(bash.script(init, text, { args })).toEqual(alone);
      expect(bash.script(`${init}; ${init}`, text, { args })).toEqual(alone);
    });
  });

  test.each(['return', 'error', 'debug'])('and %s.bash would notice a plain function', (name) => {
    const text = scriptText('bash', `${name}.bash`);
    const alone = bash.script(':', text);
    const wrapped = bash.script('trap() { builtin trap "$@"; }', text);
    expect(wrapped.stdout).not.toBe(alone.stdout);
  });
});

describe('our words reach spamtrap', () => {
  test('with their arguments, wherever a command may stand', () => {
    const { stdout, stderr } = bash.script(
      init,
      `trap serve
trap serve-relay --port 0 'a  b' "*" $'new\\nline' ''
NAME=value trap serve assignment
trap serve pipe | cat
trap serve redirected >out 2>&1; cat out
trap serve background & wait
(trap serve subshell)
echo "$(trap serve substitution)"
eval 'trap serve eval'
if trap serve condition; then :; fi
! trap serve negated
for name in a b; do trap journal show "$name"; done
in_function() { local IFS=e; trap config show; }
in_function
trap serve <<<text
set -euo pipefail
trap serve -- --strict && trap help
time trap serve time
`,
    );
    expect(stdout.split('\n')).toEqual([
      'spamtrap <serve>',
      'spamtrap <serve-relay> <--port> <0> <a  b> <*> <new',
      'line> <>',
      'spamtrap <serve> <assignment>',
      'spamtrap <serve> <pipe>',
      'spamtrap <serve> <redirected>',
      'spamtrap <serve> <background>',
      'spamtrap <serve> <subshell>',
      'spamtrap <serve> <substitution>',
      'spamtrap <serve> <eval>',
      'spamtrap <serve> <condition>',
      'spamtrap <serve> <negated>',
      'spamtrap <journal> <show> <a>',
      'spamtrap <journal> <show> <b>',
      'spamtrap <config> <show>',
      'spamtrap <serve>',
      'spamtrap <serve> <--> <--strict>',
      'spamtrap <help>',
      'spamtrap <serve> <time>',
      '',
    ]);
    expect(stderr).toContain('real');
  });

  test('and their status comes back', () => {
    const call = { env: { STUB_STATUS: '4' } };
    expect(bash.script(init, 'trap serve; echo $?', call).stdout).toBe('spamtrap <serve>\n4\n');
    expect(bash.script(`${init}; set -e`, 'trap serve; echo no', call)).toMatchObject({ status: 4 });
  });

  test('at a prompt', () => {
    const { stdout } = bash.run({ args: ['--norc', '-i'], input: `${init}\ntrap serve 'a b'\ntrap 'echo bye' EXIT\n` });
    expect(stdout).toBe('spamtrap <serve> <a b>\nbye\n');
  });

  test('from a start-up file', () => {
    const input = 'trap serve\ntrap -p\n';
    const rc = join(bash.home, '.bashrc');
    const { stdout } = bash.run({ args: ['-c', `echo '${init}' >${rc}; exec bash -i`], input });
    expect(stdout).toBe('spamtrap <serve>\n');
  });

  test('while a word followed by signals is somebody’s function', () => {
    const text = 'status() { echo "my status"; }\ntrap status EXIT INT SIGTERM\ntrap status --json\n';
    expect(bash.script(init, text).stdout).toBe('spamtrap <status> <--json>\nmy status\n');
  });

  test('and no other word does', () => {
    const text = `trap serve-x EXIT; trap 'serve' INT; trap 'x; trap serve y' TERM; trap "-builtin}\\" trap serve y" HUP; trap -p`;
    expect(bash.script(init, text).stdout).toBe(bash.script(':', text).stdout);
  });
});

test('the text of a trap is never evaluated before its time', () => {
  const texts = ['$(touch pwned)', '`touch pwned`', 'x]}$(touch pwned)', '0]+y[$(touch pwned)]', '"; touch pwned; "'];
  const lines = texts.map((text) => `trap '${text}' EXIT; trap serve '${text}'`);
  const { stdout, stderr } = bash.script(init, `${lines.join('\n')}\ntrap - EXIT\n`);
  expect(stderr).toBe('');
  expect(stdout).toBe(texts.map((text) => `spamtrap <serve> <${text}>\n`).join(''));
  expect(existsSync(join(bash.home, 'pwned'))).toBe(false);
});

describe('where aliases do not expand, a function stands in', () => {
  const oneLine = (text: string) => bash.run({ args: ['--norc', '-c', text] });

  test('for our words', () => {
    const { stdout } = oneLine(`${init}; trap serve 'a  b'; f() { trap journal list; }; f; trap 'echo bye' EXIT`);
    expect(stdout).toBe('spamtrap <serve> <a  b>\nspamtrap <journal> <list>\nbye\n');
  });

  // What it cannot do is in the printed text: list ERR, DEBUG and RETURN. Errors name another line.
  test.each([
    `f() { trap 'echo "return $FUNCNAME $?"' RETURN; echo body; return 3; }; f; echo $?; g() { echo g; }; g; f`,
    `f() { trap 'echo bye; trap - RETURN' RETURN; g; }; g() { echo g; }; f; f; builtin trap -p`,
    `f() { trap 'echo never' RETURN; trap - RETURN; }; f; f`,
    `f() { trap "it's" RETURN; trap 'echo "it'"'"'s"' RETURN; }; f`,
    `trap 'echo err $?' ERR; false; trap - ERR; false; echo end`,
    `f() { trap 'echo err' ERR; false; }; f; false`,
    `trap 'echo "debug $LINENO"' DEBUG; :; trap - DEBUG; :`,
    `set -euo pipefail; trap 'echo bye' EXIT; trap 'echo err' ERR; trap -p EXIT; (trap 'echo sub' EXIT); trap '' HUP; trap - INT; false`,
    `trap 'echo "a  b"' USR1; kill -USR1 $$; trap -- - USR1; trap -p; trap -l | head -1`,
    `trap x NOSUCH || echo "status $?"; trap -p NOSUCH 2>/dev/null || echo "status $?"; trap; trap --`,
  ])('for %s', (text) => {
    const { stdout, status } = oneLine(`:; ${text}`);
    expect(oneLine(`${init}; ${text}`)).toMatchObject({ stdout, status });
  });
});

describe('it does no harm', () => {
  test('when spamtrap has gone', () => {
    const { stdout, stderr } = bash.script(
      init,
      `mv bin gone; hash -r; trap 'echo bye' EXIT; trap serve; echo $?; trap -p; mv gone bin`,
    );
    expect(stdout).toBe("127\ntrap -- 'echo bye' EXIT\nbye\n");
    expect(stderr).toContain('spamtrap: command not found');
  });

  test('to scripts that the shell starts, even when it exports all it defines', () => {
    const child = `bash --norc -c 'f() { trap "echo r" RETURN; trap -p; }; f; type -t trap; compgen -v _spamtrap'`;
    expect(bash.script(`set -a; ${init}`, child).stdout).toBe("trap -- 'echo r' RETURN\nr\nbuiltin\n_spamtrap_at\n");
  });

  test('to functions of an interactive shell that are older', () => {
    const input = `f() { trap 'echo "return $FUNCNAME"' RETURN; trap -p; }\n${init}\nf\ntype -t trap\n`;
    expect(bash.run({ args: ['--norc', '-i'], input }).stdout).toBe(
      `trap -- 'echo "return $FUNCNAME"' RETURN\nreturn f\nalias\n`,
    );
  });

  test('to aliases of a script that never expanded them', () => {
    const text = 'shopt -q expand_aliases || echo off\necho unchanged\ntrap serve';
    const { stdout } = bash.script(`alias echo='false'; ${init}`, text);
    expect(stdout).toBe('off\nunchanged\nspamtrap <serve>\n');
  });

  test('in posix mode, where it defines nothing', () => {
    const { stdout, stderr, status } = bash.script(`set -eu; ${init}`, 'trap "echo bye" EXIT', { args: ['--posix'] });
    expect({ stdout, stderr, status }).toEqual({ stdout: 'bye\n', stderr: '', status: 0 });
  });

  test('under set -eu and in a function', () => {
    const { stdout, stderr } = bash.script('set -euo pipefail', `load() { ${init}; }; load\ntrap serve\ntrap`);
    expect({ stdout, stderr }).toEqual({ stdout: 'spamtrap <serve>\n', stderr: '' });
  });
});
