import { familiesFor, type Families, type Family } from './families.ts';
import type { DnsAnswer } from './mail-resolver.ts';
import { shuffled } from './shuffled.ts';

const mostAddresses = 4;

export interface AddressMeans {
  readonly randomInt: (max: number) => number;
  readonly ask: (family: Family) => Promise<DnsAnswer<string>>;
}

export interface HostAddresses {
  /** Those of both families in turn, so that one that does not work leaves room for the other. */
  readonly addresses: readonly string[];
  /** Why there are none. */
  readonly problem?: string;
  /** Whether there may be some at another time. */
  readonly isForNow: boolean;
}

/** The addresses of a mail server of a domain, as many as are worth a try. */
export async function addressesOf(
  domain: string,
  host: string,
  families: Families,
  { randomInt, ask }: AddressMeans,
): Promise<HostAddresses> {
  const wanted = familiesFor(domain, host, families);
  const answers = await Promise.all(wanted.map((family) => ask(family)));
  const found = answers.map((answer) => (answer.is === 'records' ? shuffled(answer.records, randomInt) : []));
  const inTurn = Array.from({ length: mostAddresses }, (_, turn) => found.map((each) => each[turn])).flat();
  const addresses = inTurn.filter((address) => address !== undefined).slice(0, mostAddresses);
  if (addresses.length > 0) return { addresses, isForNow: false };
  const failure = answers.find((answer) => answer.is === 'failed');
  const over = wanted.length === 1 ? 'IPv4 address' : 'address';
  return { addresses, problem: failure?.why ?? `${host} has no ${over}`, isForNow: failure !== undefined };
}
