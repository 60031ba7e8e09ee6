import { Resolver } from 'node:dns/promises';
import type { Judge, Judged, Judgement } from './judge.ts';

export interface SenderCheck {
  /** Servers that are asked; none means those of the system. */
  readonly resolvers: readonly string[];
  /** The name of the host that checks. */
  readonly host: string;
}

/** Longer than this no honest chain of records is. */
const mostLookups = 50;

/** What the domain of the sender says of it: SPF, DKIM and DMARC. It asks DNS, and so tells its owner that we look. */
export class SenderJudge implements Judge {
  readonly name = 'sender';
  readonly #host: string;
  readonly #resolver: Resolver;

  constructor({ resolvers, host }: SenderCheck) {
    this.#host = host;
    this.#resolver = new Resolver({ timeout: 3_000, tries: 2 });
    if (resolvers.length > 0) this.#resolver.setServers(resolvers);
  }

  async judge({ bytes, peer, helo, from }: Judged, signal: AbortSignal): Promise<Judgement> {
    const { authenticate } = await import('mailauth');
    let lookups = 0;
    const resolver = (name: string, type: string) => {
      signal.throwIfAborted();
      if (++lookups > mostLookups) throw new Error('it leads to too many lookups');
      // Of the kinds that are asked for here, all are texts.
      return this.#resolver.resolve(name, type) as Promise<string[] | string[][]>;
    };
    const result = await authenticate(bytes, {
      ...(peer !== undefined && { ip: peer }),
      ...(helo !== undefined && { helo }),
      sender: from,
      mta: this.#host,
      resolver,
      disableArc: true,
      disableBimi: true,
    });
    return judgementFrom(result);
  }
}

interface Result {
  readonly spf?: false | { readonly status?: { readonly result?: string }; readonly domain?: string };
  readonly dkim?: {
    readonly results?: readonly { readonly status?: { readonly result?: string }; readonly signingDomain?: string }[];
  };
  readonly dmarc?: false | { readonly status?: { readonly result?: string }; readonly policy?: string };
}

function judgementFrom({ spf, dkim, dmarc }: Result): Judgement {
  const signatures = dkim?.results ?? [];
  const verdicts = new Set([
    ...(spf ? [`spf=${spf.status?.result ?? 'none'}`] : []),
    ...signatures.map(({ status }) => `dkim=${status?.result ?? 'none'}`),
    ...(dmarc ? [`dmarc=${dmarc.status?.result ?? 'none'}`] : []),
  ]);
  const domains = signatures.flatMap(({ signingDomain }) => signingDomain ?? []);
  const detail = [
    ...(spf && spf.domain ? [`spf of ${spf.domain}`] : []),
    ...(domains.length > 0 ? [`signed by ${domains.join(', ')}`] : []),
    ...(dmarc && dmarc.policy ? [`policy ${dmarc.policy}`] : []),
  ].join('; ');
  return { verdicts: [...verdicts], detail };
}
