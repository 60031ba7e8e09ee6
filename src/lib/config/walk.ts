import type { Group, Part, Setting } from './words/setting.ts';

export interface PlacedSetting {
  /** Dotted, from the top of the schema. */
  readonly key: string;
  readonly setting: Setting<unknown>;
}

export function keyWithin(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

/** Every setting that has one fixed place; the entries that an operator names are not among them. */
export function settingsIn(group: Group, path = ''): readonly PlacedSetting[] {
  return Object.entries(group.members).flatMap(([name, part]) => {
    const key = keyWithin(path, name);
    if (part.part === 'setting') return [{ key, setting: part }];
    return part.part === 'group' ? settingsIn(part, key) : [];
  });
}

/** Whether a value in the place of this part may be a secret that was put one level too high. */
export function mayHoldSecrets(part: Part): boolean {
  switch (part.part) {
    case 'setting':
      return part.kind.confidential === true;
    case 'group':
      return Object.values(part.members).some(mayHoldSecrets);
    default:
      return Object.values(part.types).some(mayHoldSecrets);
  }
}
