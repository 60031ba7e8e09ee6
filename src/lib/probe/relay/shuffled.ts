/** The same in an order of chance. */
export function shuffled<Entry>(entries: readonly Entry[], randomInt: (max: number) => number): Entry[] {
  const order = [...entries];
  for (let last = order.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
