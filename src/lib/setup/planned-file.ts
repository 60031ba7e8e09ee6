/** Who may read a file: everybody, or its owner alone; a `program` may be started by everybody. */
export type Access = 'everybody' | 'owner' | 'program';

/**
 * Whose file it is after it was made. Ours is made anew each time; the operator's is made once, to be edited, and then
 * never touched again.
 */
export type Upkeep = 'ours' | 'operator';

/** A file that a setup command makes, in the folder that the operator names. */
export interface PlannedFile {
  readonly name: string;
  readonly text: string;
  readonly access: Access;
  readonly upkeep: Upkeep;
}

export const modes: Readonly<Record<Access, number>> = { everybody: 0o644, owner: 0o600, program: 0o755 };

export function ourFile(name: string, text: string): PlannedFile {
  return { name, text, access: 'everybody', upkeep: 'ours' };
}

export function operatorsFile(name: string, text: string): PlannedFile {
  return { name, text, access: 'everybody', upkeep: 'operator' };
}
