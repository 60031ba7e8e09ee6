import { createHash } from 'node:crypto';

/**
 * Who of the candidates is to have something, by highest weight: all who know the candidates choose the same one, and
 * when one comes or goes nothing moves but what is or was its own.
 */
export function preferred(key: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let most = -1n;
  for (const candidate of candidates) {
    const weight = createHash('sha256').update(`${key} ${candidate}`).digest().readBigUInt64BE();
    if (weight < most || (weight === most && best !== undefined && candidate > best)) continue;
    best = candidate;
    most = weight;
  }
  return best;
}
