import { dialects } from './dialects.ts';
import { sectionsFor } from './sections.ts';
import { settingsIn } from './settings.ts';
import type { Site } from './site.ts';

export interface Explanation {
  readonly section: string;
  readonly setting: string;
  readonly value: string;
  readonly why: string;
}

/** Why each setting is there. */
export function explain(site: Site): Explanation[] {
  const opening = { title: 'Language', entries: dialects[site.dialect].opening };
  return [opening, ...sectionsFor(site)].flatMap(({ title, entries }) =>
    settingsIn(entries)
      // What a secret is for can be explained without it.
      .map(({ name, value, why }) => ({ section: title, setting: name, value: secretFree(name, value), why })),
  );
}

function secretFree(name: string, value: string): string {
  return name.endsWith(' / password') ? '…' : value;
}
