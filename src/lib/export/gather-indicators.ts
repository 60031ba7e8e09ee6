import type { Found } from '../index/found.ts';
import type { AddressPolicy } from '../net/public-address.ts';
import { indicatorKinds, type Indicator, type IndicatorKind } from './indicator.ts';

/** What is never worth a warning: everybody mentions it. */
const everywhere = ['www.w3.org', 'schemas.microsoft.com', 'schemas.openxmlformats.org'];

const emptyFile = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const mostCampaigns = 20;

type Counted = Omit<Indicator, 'campaigns' | 'count' | 'first' | 'last'> & {
  count: number;
  first: number;
  last: number;
  readonly campaigns: Set<string>;
};

/** Gathers indicators from messages, each once. */
export class Gathering {
  readonly #isPublic: AddressPolicy;
  readonly #allowed: ReadonlySet<string>;
  readonly #found = new Map<string, Counted>();

  /** Addresses that no stranger can have, and hosts that are allowed, are no indicators. */
  constructor(isPublic: AddressPolicy, allowed: readonly string[]) {
    this.#isPublic = isPublic;
    this.#allowed = new Set([...everywhere, ...allowed.map((host) => host.toLowerCase())]);
  }

  add(message: Found): void {
    const { peer, urls, hosts, from, subject, attachments } = message;
    if (peer !== undefined && this.#isAddress(peer)) this.#count(message, 'ip', peer);
    for (const url of urls) if (this.#isLink(url)) this.#count(message, 'url', url);
    for (const host of hosts) if (this.#isHost(host)) this.#count(message, 'host', host);
    if (from !== undefined && /^[^\s@]+@[^\s@]+$/.test(from)) this.#count(message, 'sender', from);
    if (subject !== undefined && subject.trim() !== '') this.#count(message, 'subject', subject);
    for (const { sha256, name } of attachments) {
      if (sha256 !== emptyFile) this.#count(message, 'sha256', sha256, name);
    }
  }

  /** The most frequent of each kind first. */
  all(): readonly Indicator[] {
    const order = (kind: IndicatorKind) => indicatorKinds.indexOf(kind);
    return [...this.#found.values()]
      .sort((one, other) => order(one.kind) - order(other.kind) || other.count - one.count)
      .map((counted) => ({ ...counted, campaigns: [...counted.campaigns] }));
  }

  #count({ time, campaign }: Found, kind: IndicatorKind, value: string, fileName = ''): void {
    const key = `${kind} ${value}`;
    const at = Date.parse(time);
    let counted = this.#found.get(key);
    if (counted === undefined) {
      counted = {
        kind,
        value,
        ...(fileName !== '' && { fileName }),
        count: 0,
        first: at,
        last: at,
        campaigns: new Set(),
      };
      this.#found.set(key, counted);
    }
    counted.count++;
    counted.first = Math.min(counted.first, at);
    counted.last = Math.max(counted.last, at);
    if (campaign !== undefined && counted.campaigns.size < mostCampaigns) counted.campaigns.add(campaign);
  }

  #isAddress(text: string): boolean {
    return !this.#allowed.has(text) && this.#isPublic(text).is === 'allowed';
  }

  #isLink(url: string): boolean {
    if (!URL.canParse(url)) return false;
    const { hostname } = new URL(url);
    return this.#isHost(hostname) || this.#isAddress(hostname);
  }

  #isHost(host: string): boolean {
    const isName = /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/i.test(
      host,
    );
    return isName && ![...parents(host.toLowerCase())].some((name) => this.#allowed.has(name));
  }
}

/** A host and everything that it is below of. */
function* parents(host: string): Generator<string> {
  for (let name = host; name !== ''; name = name.includes('.') ? name.slice(name.indexOf('.') + 1) : '') yield name;
}
