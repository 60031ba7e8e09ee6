import { bashCompletion } from './completion/bash.ts';
import { fishCompletion } from './completion/fish.ts';
import type { Vocabulary } from './completion/vocabulary.ts';
import { zshCompletion } from './completion/zsh.ts';
import type { Shell } from './shell-init.ts';

const generators = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

/** The text to evaluate, so that the shell completes our commands, flags and their values by itself. */
export function completion(shell: Shell, vocabulary: Vocabulary): string {
  return generators[shell](vocabulary);
}
