import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a failure needs to know about this program; oclif may not have come as far as knowing it. */
export interface Program {
  readonly version: string;
  /** Every command as it is typed, e.g. `journal show`. */
  readonly commands: readonly string[];
  /** The first words of commands that have more than one. */
  readonly topics: readonly string[];
}

interface PackageFile {
  readonly version?: string;
  readonly oclif?: { readonly topics?: Readonly<Record<string, unknown>> };
}

interface ManifestFile {
  readonly commands?: Readonly<Record<string, unknown>>;
}

export function readProgram(root: string): Program {
  const { version = 'unknown', oclif } = readJson<PackageFile>(join(root, 'package.json'));
  const { commands = {} } = readJson<ManifestFile>(join(root, 'oclif.manifest.json'));
  return {
    version,
    commands: Object.keys(commands).map((id) => id.replaceAll(':', ' ')),
    topics: Object.keys(oclif?.topics ?? {}),
  };
}

// This runs while a failure is being shown; a second one must not hide the first.
function readJson<Content extends object>(path: string): Partial<Content> {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Content;
  } catch {
    return {};
  }
}
