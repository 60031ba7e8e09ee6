/** Who may read a file: everybody, its group, or its owner alone; a `program` may be started by everybody. */
export type Access = 'everybody' | 'group' | 'owner' | 'program';

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
  /** Number of the group that it is given to. */
  readonly group?: number;
}

export const modes: Readonly<Record<Access, number>> = { everybody: 0o644, group: 0o640, owner: 0o600, program: 0o755 };

/** Whether it may not be shown, because it holds a secret. */
export function isSecret({ access }: PlannedFile): boolean {
  return access === 'owner' || access === 'group';
}

export function ourFile(name: string, text: string): PlannedFile {
  return { name, text, access: 'everybody', upkeep: 'ours' };
}

export function operatorsFile(name: string, text: string): PlannedFile {
  return { name, text, access: 'everybody', upkeep: 'operator' };
}
