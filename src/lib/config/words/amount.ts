import { formatDuration, formatSize, parseDuration, parseSize } from '../../text/units.ts';
import { scalarKind, type Kind } from './kind.ts';
import type { Range } from './number.ts';

interface Unit {
  readonly valid: string;
  readonly smallest: string;
  parse(text: string): number | undefined;
  format(amount: number): string;
}

const sizes: Unit = {
  valid: 'a size such as 512 KiB, 10 GiB or a number of bytes',
  smallest: ' B',
  parse: parseSize,
  format: formatSize,
};
const durations: Unit = {
  valid: 'a duration such as 250ms, 30s, 5m, 1h or 7d',
  smallest: 'ms',
  parse: parseDuration,
  format: formatDuration,
};

// Room for any number with its unit; what is longer is not worth looking at.
const longestAmount = 40;

/** Bytes. */
export function size(range: Range = {}): Kind<number> {
  return amount(sizes, range);
}

/** Milliseconds. */
export function duration(range: Range = {}): Kind<number> {
  return amount(durations, range);
}

function amount(unit: Unit, { least = 0, most = Number.MAX_SAFE_INTEGER }: Range): Kind<number> {
  const bounds = [
    least > 0 ? `, at least ${exact(unit, least)}` : '',
    most < Number.MAX_SAFE_INTEGER ? `, at most ${exact(unit, most)}` : '',
  ];
  return scalarKind({
    valid: `${unit.valid}${bounds.join('')}`,
    parse(text) {
      const value = text.length > longestAmount ? undefined : unit.parse(text);
      return value !== undefined && value >= least && value <= most ? value : undefined;
    },
    show: (value) => exact(unit, value),
  });
}

/** Human units round, but a default that is shown must also be the one that is meant. */
function exact(unit: Unit, amount: number): string {
  const shown = unit.format(amount);
  return unit.parse(shown) === amount ? shown : `${amount}${unit.smallest}`;
}
