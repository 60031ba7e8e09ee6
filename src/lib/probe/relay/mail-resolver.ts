/** What DNS says. A name that does not exist and one without such records are different things to a mail server. */
export type DnsAnswer<Entry> =
  | { readonly is: 'records'; readonly records: readonly Entry[] }
  | { readonly is: 'noRecords' }
  | { readonly is: 'noName' }
  /** Nobody knows: no answer, or a server's failure. */
  | { readonly is: 'failed'; readonly why: string };

export interface MxRecord {
  readonly exchange: string;
  readonly preference: number;
}

/** The three questions that are asked of DNS. An answer always comes, and nothing is thrown. */
export interface MailResolver {
  mx(domain: string, signal: AbortSignal): Promise<DnsAnswer<MxRecord>>;
  ipv4(host: string, signal: AbortSignal): Promise<DnsAnswer<string>>;
  ipv6(host: string, signal: AbortSignal): Promise<DnsAnswer<string>>;
}
