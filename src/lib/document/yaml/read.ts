import { parseEvents, YAMLException } from 'js-yaml';
import { reason } from '../../errors.ts';
import type { FaultList } from '../faults.ts';
import type { Written } from '../written.ts';
import { type FileIdentity, type Places, placesIn } from './places.ts';
import { treeOf } from './tree.ts';
import { Unreadable } from './unreadable.ts';

// The parser recurses once per level, and no setting lies deeper than a few.
const deepest = 32;

/** Reads the text of a file; undefined when it holds nothing, or when it cannot be read and a fault says why. */
export function readYaml(source: string, file: FileIdentity, faults: FaultList): Written | undefined {
  const places = placesIn(source, file);
  try {
    return treeOf(parseEvents(source, { maxDepth: deepest }), source, places, faults);
  } catch (thrown) {
    const { origin, message } = thrown instanceof Unreadable ? thrown : explained(thrown, places);
    faults.add({ origin: origin.text, problem: message });
    return undefined;
  }
}

/** The parser's complaint in words that say what to do. */
function explained(thrown: unknown, places: Places): Unreadable {
  const offset = thrown instanceof YAMLException ? (thrown.mark?.position ?? 0) : 0;
  const line = places.lineAt(offset);
  const tab = /^ *\t/.exec(line.text);
  if (tab) {
    const origin = places.origin(line.start + tab[0].length - 1);
    return new Unreadable(origin, 'a tab is used as indentation; YAML takes only spaces');
  }
  // What follows a colon or a quote repeats the file's text, which may hold a secret.
  const complaint = (thrown instanceof YAMLException ? thrown.reason : reason(thrown)).replace(/(?:: | ").*/s, '');
  return new Unreadable(places.origin(offset), explanations.get(complaint) ?? `not valid YAML: ${complaint}`);
}

const explanations = new Map([
  [`nesting exceeded maxDepth (${deepest})`, 'nested too deeply; no key lies more than a few levels deep'],
  ['deficient indentation', 'not indented far enough, or a bracket or a quote before it was left open'],
  [
    'bad indentation of a mapping entry',
    'does not fit here; check the indentation, and put values with ": " or a special character in quotes',
  ],
]);
