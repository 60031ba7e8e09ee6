import { existsSync, readFileSync } from 'node:fs';
import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';
import type { Settings } from '../../config/schema.ts';
import { errno } from '../../errors.ts';
import { idTime } from '../../capture/id.ts';
import { journalLayout, listSegments } from '../../journal/layout.ts';
import { SegmentScanner } from '../../journal/scan.ts';
import { Skip, StepFault, StepWarning, type Examined } from '../steps/step.ts';
import { looks } from './examined.ts';

/** What the sensor stands on. */
export function machineChecks({ relay, lmtp, rules }: Settings, dataDir: string): Examined {
  return looks('machine', process.platform, [
    { name: 'Node.js', run: async () => `${process.versions.node}, ${process.execPath}` },
    {
      name: 'open files',
      run: async () => judgeOpenFiles(openFileLimit(), relay.limits.connections + lmtp.limits.connections),
    },
    {
      name: 'clock',
      run: async () => judgeClock(Date.now(), newestRecord(dataDir), existsSync('/run/systemd/timesync/synchronized')),
    },
    {
      name: 'name',
      async run() {
        const { hostname } = relay;
        if (!hostname.includes('.')) throw new Skip(`${hostname} is no full name, and is asked for nowhere`);
        const addresses = await addressesOf(hostname);
        const own = [...Object.values(networkInterfaces()).flat(), ...(rules.ownAddresses ?? [])];
        return judgeName(
          hostname,
          addresses,
          own.map((each) => (typeof each === 'string' ? each : (each?.address ?? ''))),
        );
      },
    },
  ]);
}

export function judgeOpenFiles(most: number | undefined, connections: number): string {
  if (most === undefined) throw new Skip('the system does not say');
  // Journal, outputs and their brokers need some too.
  if (most >= connections + 256) return `${most}, and ${connections} connections may come`;
  throw new StepWarning(
    `${most}, and ${connections} connections may come`,
    'Raise it (LimitNOFILE= in the unit, ulimit -n), or lower the limits of connections.',
  );
}

const aYear2025 = Date.UTC(2025, 0);
const hour = 3_600_000;

export function judgeClock(now: number, newest: number | undefined, isSynchronised: boolean): string {
  const shown = new Date(now).toISOString().slice(0, 19);
  const fix = 'Set the clock, and let chrony or systemd-timesyncd keep it.';
  if (now < aYear2025) throw new StepFault(`it says ${shown}Z, which cannot be`, fix);
  if (newest !== undefined && newest - now > hour) {
    const last = new Date(newest).toISOString().slice(0, 19);
    throw new StepWarning(`it says ${shown}Z, and the journal has something of ${last}Z`, fix);
  }
  return `${shown}Z${isSynchronised ? ', synchronised' : '; nobody here says whether it is synchronised'}`;
}

export function judgeName(name: string, addresses: readonly string[], own: readonly string[]): string {
  if (addresses.length === 0) {
    throw new StepWarning(
      `${name} has no address`,
      'A sender that looks will notice. Set it in DNS, or relay.hostname to a name that has one.',
    );
  }
  const shared = addresses.find((address) => own.includes(address));
  if (shared !== undefined) return `${name} is ${shared}, an address of this machine`;
  throw new StepWarning(
    `${name} is ${addresses.join(', ')}, none of which this machine has`,
    'Behind a router that is as it should be: name the address in rules.ownAddresses. Otherwise correct one of the two.',
  );
}

async function addressesOf(name: string): Promise<readonly string[]> {
  try {
    return (await lookup(name, { all: true })).map(({ address }) => address);
  } catch (error) {
    if (errno(error) === 'ENOTFOUND') return [];
    throw new StepWarning(`the resolver does not answer for ${name} (${errno(error)})`, 'Check /etc/resolv.conf.');
  }
}

function openFileLimit(): number | undefined {
  try {
    const found = /^Max open files\s+\d+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
    return found ? Number(found[1]) : undefined;
  } catch {
    return undefined;
  }
}

/** When the newest segment was begun. */
function newestRecord(dataDir: string): number | undefined {
  const layout = journalLayout(dataDir);
  const last = listSegments(layout).at(-1);
  if (last === undefined) return undefined;
  const scanner = new SegmentScanner(layout.segment(last));
  try {
    const scan = scanner.at(0, scanner.fileLength);
    return scan.state === 'record' ? idTime(scan.record.header.id) : undefined;
  } finally {
    scanner.close();
  }
}
