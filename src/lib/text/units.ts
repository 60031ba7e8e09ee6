// Sizes and durations as people write them in configuration and read them in messages.

const sizeUnits = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 } as const;
const sizeAliases: Record<string, number> = {
  '': 1,
  b: 1,
  k: 2 ** 10,
  kb: 1e3,
  kib: 2 ** 10,
  m: 2 ** 20,
  mb: 1e6,
  mib: 2 ** 20,
  g: 2 ** 30,
  gb: 1e9,
  gib: 2 ** 30,
  t: 2 ** 40,
  tb: 1e12,
  tib: 2 ** 40,
};
const durationUnits: Record<string, number> = { ms: 1, s: 1e3, m: 6e4, h: 36e5, d: 864e5, w: 6048e5 };

/** `10 GiB`, `512k`, `1000` → bytes; undefined when it is no size. */
export function parseSize(text: string): number | undefined {
  return parseAmount(text, sizeAliases);
}

/** `7d`, `1h`, `250ms` → milliseconds; undefined when it is no duration. */
export function parseDuration(text: string): number | undefined {
  return parseAmount(text, durationUnits);
}

function parseAmount(text: string, units: Record<string, number>): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text);
  const factor = match ? units[match[2]!.toLowerCase()] : undefined;
  if (!match || factor === undefined) return undefined;
  const amount = Math.round(Number(match[1]) * factor);
  return Number.isSafeInteger(amount) ? amount : undefined;
}

export function formatSize(bytes: number): string {
  let shown = `${bytes} B`;
  for (const [unit, factor] of Object.entries(sizeUnits)) {
    if (factor > 1 && bytes >= factor) shown = `${trim(bytes / factor)} ${unit}`;
  }
  return shown;
}

export function formatDuration(ms: number): string {
  let shown = `${ms}ms`;
  for (const [unit, factor] of Object.entries(durationUnits)) {
    if (factor > 1 && unit !== 'w' && ms >= factor) shown = `${trim(ms / factor)}${unit}`;
  }
  return shown;
}

function trim(amount: number): string {
  return String(Math.round(amount * 10) / 10);
}
