import { configuration } from './configuration.ts';
import { createFaultList, type FaultList } from '../document/faults.ts';
import { readNamedFile } from './find.ts';
import { type Machine, thisMachine } from './machine.ts';
import { settle } from './settle/settle.ts';
import type { Effective, Group } from './words/setting.ts';
import type { FileIdentity } from '../document/yaml/places.ts';
import { readYaml } from '../document/yaml/read.ts';

export interface DocumentOptions {
  readonly path: string;
  /** Who named it: a flag or a setting. */
  readonly namedBy: string;
  readonly machine?: Machine;
}

/** A text and what it is called in faults. */
export interface Named {
  readonly shown: string;
  readonly text: string;
}

/**
 * A file with a schema of its own: a persona, a feed of the systems before this one. YAML, and so JSON as well. Throws
 * one DocumentFault that names everything that is wrong.
 */
export function readDocument<Schema extends Group>(
  schema: Schema,
  { path, namedBy, machine = thisMachine() }: DocumentOptions,
): Effective<Schema> {
  const faults = createFaultList(configuration);
  const file = readNamedFile(path, namedBy, machine, faults);
  return settleDocument(schema, file, machine, faults);
}

/** The same of a text that is no file yet. */
export function readDocumentText<Schema extends Group>(
  schema: Schema,
  { shown, text }: Named,
  machine: Machine = thisMachine(),
): Effective<Schema> {
  const file = { shown, folder: machine.cwd, source: text };
  return settleDocument(schema, file, machine, createFaultList(configuration));
}

function settleDocument<Schema extends Group>(
  schema: Schema,
  file: (FileIdentity & { readonly source: string }) | undefined,
  machine: Machine,
  faults: FaultList,
): Effective<Schema> {
  const written = file && readYaml(file.source, file, faults);
  const { settings } = settle(schema, { file: written, layers: [], machine }, faults);
  faults.throwIfAny();
  return settings;
}
