/** The commands that keep running, and that the doctor knows. */
export const commands = ['serve', 'serve-relay', 'serve-lmtp', 'collect', 'broker', 'tail-maildir'] as const;
export type Command = (typeof commands)[number];
