/** So many requests are under way at once: a cluster answers them in one round trip, and is not drowned by them. */
const atOnce = 32;

export async function manyAtOnce<Each>(all: Iterable<Each>, ask: (each: Each) => Promise<unknown>): Promise<void> {
  const waiting = [...all];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await ask(next);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
