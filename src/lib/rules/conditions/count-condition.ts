import type { Condition } from '../condition.ts';
import { formatSize } from '../../text/units.ts';
import type { CountField } from './count-fields.ts';

export interface Bounds {
  readonly least?: number;
  readonly most?: number;
}

export function countCondition(field: CountField, { least = 0, most = Number.POSITIVE_INFINITY }: Bounds): Condition {
  const shown = (amount: number) => (field.unit === 'bytes' ? formatSize(amount) : String(amount));
  const words = `${field.name} ${boundsInWords(least, most, shown)}`;
  return {
    words,
    looksInside: field.looksInside,
    meets: [],
    find({ facts }) {
      const value = field.value(facts);
      return value !== undefined && value >= least && value <= most ? `${field.name} ${shown(value)}` : undefined;
    },
    failure({ facts }) {
      const value = field.value(facts);
      return `not so: ${words} (it is ${value === undefined ? 'not known' : shown(value)})`;
    },
  };
}

function boundsInWords(least: number, most: number, shown: (amount: number) => string): string {
  if (least === most) return `is ${shown(least)}`;
  const parts = [
    ...(least > 0 ? [`at least ${shown(least)}`] : []),
    ...(most < Number.POSITIVE_INFINITY ? [`at most ${shown(most)}`] : []),
  ];
  return parts.join(' and ') || 'is known';
}
