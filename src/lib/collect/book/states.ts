/** How far a message of a mailbox is. The numbers are on disk. */
export const states = {
  /** In the journal; not all outputs that have to have it have it. */
  waiting: 0,
  /** All have it; what is to be done on the server is still to be done. */
  handedOver: 1,
  /** Nothing is left to be done. */
  done: 2,
  /** Refused by an output. It stays on the server as it is. */
  setAside: 3,
  /** Not collected for its size. */
  tooLarge: 4,
  /** Moved or deleted on the server by us. */
  gone: 5,
} as const;

export type State = keyof typeof states;

const names = new Map<number, State>(Object.entries(states).map(([name, number]) => [number, name as State]));

export function stateOf(number: number): State {
  return names.get(number) ?? 'waiting';
}
