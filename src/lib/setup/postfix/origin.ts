import type { Site } from './site.ts';

/** The head of each file that is made anew each time. */
export function madeBy({ mode }: Site): string {
  return `# Made by "spamtrap setup-postfix --mode ${mode}", which replaces this file when it is called again and keeps a
# backup of what it replaces.
`;
}

/** The head of each file that is made once. */
export const yoursToEdit = `# Yours to edit: "spamtrap setup-postfix" makes this file once and never touches it again.
# "spamtrap mail" edits it for you. Postfix reads it when it is reloaded; no postmap is needed.
`;
