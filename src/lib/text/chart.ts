const steps = ' ▁▂▃▄▅▆▇█';

/** One character for each count, the highest of all the full block. */
export function sparkline(counts: readonly number[]): string {
  return barRows(counts, 1)[0]!;
}

/** Bars of several rows, the top row first. What is not nothing is at least a line. */
export function barRows(counts: readonly number[], height: number): readonly string[] {
  const most = Math.max(...counts, 1);
  const levels = counts.map((count) => (count === 0 ? 0 : Math.max(Math.round((count / most) * height * 8), 1)));
  return Array.from({ length: height }, (_, row) => {
    const below = (height - 1 - row) * 8;
    return levels.map((level) => steps[Math.max(Math.min(level - below, 8), 0)]).join('');
  });
}

/** Counts of neighbours together, so that they fit so many columns; the newest stays the last. */
export function folded(counts: readonly number[], columns: number): readonly number[] {
  if (counts.length <= columns) return counts;
  const width = Math.ceil(counts.length / columns);
  const bins = Math.ceil(counts.length / width);
  return Array.from({ length: bins }, (_, bin) => {
    const end = counts.length - (bins - 1 - bin) * width;
    return counts.slice(Math.max(end - width, 0), end).reduce((sum, count) => sum + count, 0);
  });
}
