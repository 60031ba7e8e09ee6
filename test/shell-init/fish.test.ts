import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { peer } from '../support/peers.ts';
import { ShellBench, scriptNames, scriptText } from './shells.ts';

const init = 'eval "$(spamtrap shell-init fish)"';

peer('fish')('in fish', () => {
  const fish = new ShellBench('fish');

  describe('what is not ours behaves as if nothing had been defined', () => {
    test.each(scriptNames('fish'))('%s', (name) => {
      const text = scriptText('fish', name);
      const { stdout, status } = fish.script(':', text);
      // Where something fails, fish writes a trace of calls to stderr, and there is one more of them.
      expect(fish.script(init, text)).toMatchObject({ stdout, status });
      expect(fish.script(`${init}; ${init}`, text)).toMatchObject({ stdout, status });
      expect(fish.script('spamtrap shell-init fish | source', text)).toMatchObject({ stdout, status });
    });
  });

  test('our words reach spamtrap with their arguments and status', () => {
    const text = `trap serve
trap serve-relay --port 0 'a  b' '*' 'new
line' ''
trap serve pipe | cat
echo (trap serve substitution)
function in_function
    trap config show
end
in_function
if trap serve condition; end
set word serve; trap $word variable
STUB_STATUS=4 trap serve assignment
echo $status
`;
    const { stdout, stderr } = fish.script(init, text);
    expect(stderr).toBe('');
    expect(stdout).toBe(`spamtrap <serve>
spamtrap <serve-relay> <--port> <0> <a  b> <*> <new
line> <>
spamtrap <serve> <pipe>
spamtrap <serve> <substitution>
spamtrap <config> <show>
spamtrap <serve> <condition>
spamtrap <serve> <variable>
spamtrap <serve> <assignment>
4
`);
  });

  test('from the start-up file', () => {
    const config = join(fish.home, '.config', 'fish');
    mkdirSync(config, { recursive: true });
    writeFileSync(join(config, 'config.fish'), 'spamtrap shell-init fish | source\n');
    const { stdout } = fish.run({ args: ['-c', `trap serve 'a b'; trap 'echo bye' EXIT`] });
    expect(stdout).toBe('spamtrap <serve> <a b>\nbye\n');
  });

  test('a word followed by signals is somebody’s function', () => {
    const text = `trap journal EXIT SIGTERM\ntrap journal --json\ntrap -p EXIT\n`;
    const { stdout } = fish.script(init, text);
    expect(stdout).toContain('spamtrap <journal> <--json>\n');
    expect(stdout).toContain('function __trap_handler_EXIT');
  });

  test('it does no harm when spamtrap has gone', () => {
    const { stdout } = fish.script(init, `mv bin gone; trap 'echo bye' EXIT; trap serve; echo $status; mv gone bin`);
    expect(stdout).toBe('127\nbye\n');
  });
});
