import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { StepWarning, type Examined } from '../steps/step.ts';
import { looks } from './examined.ts';

/** What each shell reads when somebody starts it. */
const startUpFiles: Readonly<Record<string, readonly string[]>> = {
  bash: ['.bashrc', '.bash_profile', '.profile'],
  zsh: ['.zshrc', '.zprofile'],
  fish: ['.config/fish/config.fish'],
};

/** Whether `trap serve` does what it says when it is typed. */
export function shellChecks(shell = basename(process.env['SHELL'] ?? ''), home = homedir()): Examined {
  return looks('shell', shell || 'unknown', [
    {
      name: 'trap',
      async run() {
        const files = startUpFiles[shell] ?? [];
        const text = files.map((file) => textOf(join(home, file))).join('\n');
        return judgeShell(shell, text);
      },
    },
  ]);
}

export function judgeShell(shell: string, startUp: string): string {
  if (!(shell in startUpFiles)) return '"trap" is a builtin of every shell: type "spamtrap"';
  if (/\bspamtrap shell-init\b/.test(startUp))
    return '"trap serve" reaches this program; everything else is the builtin';
  const line = shell === 'fish' ? 'spamtrap shell-init fish | source' : `eval "$(spamtrap shell-init ${shell})"`;
  throw new StepWarning(
    `typed in ${shell}, "trap" is the builtin of the shell and never this program`,
    `Type "spamtrap", or put this line into your start-up file: ${line}`,
  );
}

function textOf(path: string): string {
  try {
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  } catch {
    return '';
  }
}
