/** What a frame is for. The number is its fifth byte. */
export const opcodes = { error: 0, info: 1, auth: 2, publish: 3, subscribe: 4, unsubscribe: 5 } as const;

export type Operation = keyof typeof opcodes;

/** Length (which counts itself) and opcode. */
export const headerBytes = 5;

/** Names of peers and channels have a length of one byte. */
export const maxNameBytes = 255;

/** One whole frame as it came, header included, so that it can go on to others without being written anew. */
export interface RawFrame {
  readonly operation: Operation;
  readonly bytes: Buffer;
}

export type Frame =
  | { readonly operation: 'error'; readonly text: string }
  | { readonly operation: 'info'; readonly broker: string; readonly nonce: Buffer }
  | { readonly operation: 'auth'; readonly ident: string; readonly digest: Buffer }
  | { readonly operation: 'publish'; readonly ident: string; readonly channel: string; readonly payload: Buffer }
  | { readonly operation: 'subscribe' | 'unsubscribe'; readonly ident: string; readonly channel: string };

/** What is wrong with bytes that should have been a frame. After it nothing on that connection can be understood. */
export type WireProblem = 'too short' | 'too long' | 'unknown opcode' | 'truncated body' | 'not UTF-8';

export class WireError extends Error {
  override readonly name = 'WireError';
  readonly problem: WireProblem;

  constructor(problem: WireProblem, message: string) {
    super(message);
    this.problem = problem;
  }
}
