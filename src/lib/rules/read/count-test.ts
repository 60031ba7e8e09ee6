import type { Condition } from '../condition.ts';
import { type Bounds, countCondition } from '../conditions/count-condition.ts';
import type { CountField } from '../conditions/count-fields.ts';
import { parseSize } from '../../text/units.ts';
import type { Place, Reading } from './reading.ts';
import { amountIn, countNumber } from './scalars.ts';

const names = ['is', 'atLeast', 'atMost'] as const;
const validTest = 'is, atLeast or atMost, such as {atMost: 3}';

/** What is asked of a number: `{atLeast: 2, atMost: 5}`. */
export function countTest(reading: Reading, place: Place, field: CountField): Condition | undefined {
  const map = reading.map(place, validTest);
  if (!map) return undefined;
  reading.refuseOtherKeys(map, names, place.key);
  const [is, least, most] = names.map((name) => {
    const written = reading.member(map, name, place.key);
    return written && amountOf(reading, written, field);
  });
  if (names.every((name) => !map.entries.has(name))) return reading.complain(place, 'nothing is asked here', validTest);
  const bounds: Bounds = {
    ...given({ least: is ?? least, most: is ?? most }),
  };
  if (is !== undefined && (least !== undefined || most !== undefined)) {
    return reading.complain(place, 'is cannot stand beside atLeast or atMost');
  }
  if ((bounds.least ?? 0) > (bounds.most ?? Infinity)) return reading.complain(place, 'can never hold');
  return countCondition(field, bounds);
}

function amountOf(reading: Reading, place: Place, { unit }: CountField): number | undefined {
  return unit === 'bytes'
    ? amountIn(reading, place, 'a size such as 2 KiB', parseSize)
    : amountIn(reading, place, 'a number from 0', countNumber);
}

function given({ least, most }: { least: number | undefined; most: number | undefined }): Bounds {
  return { ...(least !== undefined && { least }), ...(most !== undefined && { most }) };
}
