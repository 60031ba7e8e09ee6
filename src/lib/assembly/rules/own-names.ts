import type { CaptureFacts } from '../../capture/capture.ts';
import { knownAddresses } from '../own-addresses.ts';
import type { RuleSurroundings } from '../../rules/surroundings.ts';

export interface GivenNames {
  readonly addresses: readonly string[];
  readonly hosts: readonly string[];
}

const mostLearned = 1000;

/**
 * Who we are when stored messages are judged: what was given, the addresses of this machine, and what each message says
 * of the sensor that took it.
 */
export class OwnNamesOfTools implements RuleSurroundings {
  readonly #addresses: Set<string>;
  readonly #hosts: Set<string>;

  constructor({ addresses, hosts }: GivenNames) {
    this.#addresses = new Set(knownAddresses(addresses, Date.now)());
    this.#hosts = new Set(hosts);
  }

  readonly ownAddresses = (): readonly string[] => [...this.#addresses];
  readonly ownHosts = (): readonly string[] => [...this.#hosts];
  readonly now = (): number => Date.now();

  learnFrom({ evidence, host }: CaptureFacts): void {
    if (evidence && !isLoopback(evidence.local.address)) add(this.#addresses, evidence.local.address);
    if (host !== undefined) add(this.#hosts, host);
  }
}

function add(names: Set<string>, name: string): void {
  if (names.size < mostLearned) names.add(name);
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.');
}
