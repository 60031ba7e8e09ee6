import type { Settling } from './settling.ts';
import { fallbackValue } from '../words/fallback.ts';
import type { Reader } from '../words/kind.ts';
import type { Setting } from '../words/setting.ts';
import { shownWritten, type Written } from '../../document/written.ts';

export function settleSetting(
  settling: Settling,
  setting: Setting<unknown>,
  inFile: Written | undefined,
  key: string,
): unknown {
  const { layers, machine, origins } = settling;
  const reader: Reader = { machine, key, refuse: refusal(settling, setting, key) };
  const texts = layers.map((layer) => layer.get(key)).filter((text) => text !== undefined);
  const overriding = texts.map(({ text, origin }) => setting.kind.written(text, origin));
  let value: unknown;
  origins.set(key, 'default');
  // All are read, even those that a stronger one overrides: a fault does not wait for the day it takes effect.
  for (const written of inFile === undefined ? overriding : [inFile, ...overriding]) {
    const read = setting.kind.read(written, reader);
    if (read === undefined) continue;
    value = read;
    origins.set(key, written.origin.text);
  }
  return value === undefined ? fallbackValue(setting, machine) : value;
}

function refusal({ faults }: Settling, { kind }: Setting<unknown>, key: string): Reader['refuse'] {
  return (written, valid, suggestion) => {
    const origin = written.origin.text;
    if (written.form === 'scalar' && written.empty) {
      faults.add({ origin, key, problem: 'nothing is written here', valid: `${valid}, or leave the key out` });
      return undefined;
    }
    const place = kind.confidential
      ? { origin, key, problem: 'what is written here is not valid', valid }
      : { origin, key, value: shownWritten(written), problem: 'is not valid', valid };
    faults.add(suggestion === undefined ? place : { ...place, suggestion });
    return undefined;
  };
}
