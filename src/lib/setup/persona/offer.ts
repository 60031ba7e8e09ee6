/** What a server offers in reply to EHLO. */
export interface Offer {
  /** Its lines after the first, cleaned of what no client would notice. */
  readonly features: readonly string[];
  /** In capitals, in the order of the AUTH line. */
  readonly mechanisms: readonly string[];
  readonly messageSize: number | undefined;
}

const auth = /^AUTH[ =]/i;

export function offerIn(ehlo: string): Offer {
  const lines = ehlo
    .split('\n')
    .slice(1)
    .map((line) => line.slice(4).replaceAll('\t', ' ').trim())
    .filter((line) => line !== '');
  const [, ...mechanisms] = lines.find((line) => auth.test(line))?.split(/[ =]+/) ?? [];
  const size = lines.map((line) => /^SIZE ([1-9]\d*)$/i.exec(line)?.[1]).find((digits) => digits !== undefined);
  return {
    features: lines,
    mechanisms: [...new Set(mechanisms.map((name) => name.toUpperCase()))],
    messageSize: size === undefined ? undefined : Number(size),
  };
}

export function offersTls({ features }: Offer): boolean {
  return features.some((line) => line.toUpperCase() === 'STARTTLS');
}

export function isAuthLine(line: string): boolean {
  return auth.test(line);
}
