import { CANCELLED, NODATA, NOTFOUND } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { errno, reason } from '../../errors.ts';
import type { DnsAnswer, MailResolver } from './mail-resolver.ts';

export interface ResolverOptions {
  /** `192.0.2.53` or `192.0.2.53:5353`; the machine's own without any. */
  readonly servers?: readonly string[];
  /** Milliseconds until a question is asked again. */
  readonly timeout?: number;
  readonly tries?: number;
}

/** Asks DNS servers, never the machine's table of hosts. Throws at once when a server is no address. */
export function nodeResolver({ servers = [], timeout = 3_000, tries = 2 }: ResolverOptions = {}): MailResolver {
  // One for each question: only all questions of one can be given up, and each keeps what it was answered for a while.
  const newResolver = (): Resolver => {
    const resolver = new Resolver({ timeout, tries });
    if (servers.length > 0) resolver.setServers(servers);
    return resolver;
  };
  newResolver();
  const ask = <Entry>(signal: AbortSignal, question: (resolver: Resolver) => Promise<readonly Entry[]>) =>
    answer(newResolver(), signal, question);
  return {
    mx: (domain, signal) =>
      ask(signal, async (resolver) => {
        const records = await resolver.resolveMx(domain);
        return records.map(({ exchange, priority }) => ({ exchange, preference: priority }));
      }),
    ipv4: (host, signal) => ask(signal, (resolver) => resolver.resolve4(host)),
    ipv6: (host, signal) => ask(signal, (resolver) => resolver.resolve6(host)),
  };
}

async function answer<Entry>(
  resolver: Resolver,
  signal: AbortSignal,
  question: (resolver: Resolver) => Promise<readonly Entry[]>,
): Promise<DnsAnswer<Entry>> {
  if (signal.aborted) return { is: 'failed', why: 'DNS was not asked' };
  const cancel = () => resolver.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const records = await question(resolver);
    return records.length === 0 ? { is: 'noRecords' } : { is: 'records', records };
  } catch (error) {
    return failure(error);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

function failure<Entry>(error: unknown): DnsAnswer<Entry> {
  switch (errno(error)) {
    case NODATA:
      return { is: 'noRecords' };
    case NOTFOUND:
      return { is: 'noName' };
    case CANCELLED:
      return { is: 'failed', why: 'DNS did not answer in time' };
    default:
      return { is: 'failed', why: `DNS: ${reason(error)}` };
  }
}
