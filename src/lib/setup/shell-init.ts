import { bashInit } from './shell-init/bash.ts';
import { fishInit } from './shell-init/fish.ts';
import { zshInit } from './shell-init/zsh.ts';

// `trap` is a builtin of every shell, so the program can never be reached by that name. What is generated here, to be
// evaluated by the user's shell, lets `trap serve` reach us and leaves every other use of `trap` to the shell.

const generators = { bash: bashInit, zsh: zshInit, fish: fishInit } as const;

export type Shell = keyof typeof generators;

export const shells = Object.keys(generators) as Shell[];

/** The text to evaluate, for the words that may follow `trap` and mean us. */
export function shellInit(shell: Shell, words: Iterable<string>): string {
  // What is not a plain word could mean something to the shell.
  const plain = [...new Set(words)].filter((word) => /^[a-z][a-z0-9-]*$/.test(word)).sort();
  return generators[shell](plain);
}
