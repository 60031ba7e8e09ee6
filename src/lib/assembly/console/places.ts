import { readFileSync } from 'node:fs';
import { errno, exitCodes, Fault, reason } from '../../errors.ts';
import type { PlaceOf } from '../../monitor/rows.ts';

/** What the files that are sold or given away have of an address, as far as it is shown. */
interface Place {
  readonly country?: { readonly iso_code?: string };
  readonly registered_country?: { readonly iso_code?: string };
  readonly autonomous_system_number?: number;
  readonly autonomous_system_organization?: string;
}

interface Lookup {
  get(address: string): Place | null;
}

const mostRemembered = 10_000;

/** Tells country and network of an address, from files that the user brings; nothing where there are none. */
export async function placesIn(files: readonly string[]): Promise<PlaceOf> {
  if (files.length === 0) return () => '';
  const { Reader } = await import('maxmind');
  const readers = files.map((file): Lookup => {
    try {
      return new Reader(readFileSync(file)) as Lookup;
    } catch (error) {
      throw new Fault(`${file} cannot be read as a MaxMind file: ${errno(error) ?? reason(error)}.`, {
        code: 'geo.file',
        fix: 'Check geo.files: it names .mmdb files, such as GeoLite2-Country.mmdb.',
        exit: exitCodes.usage,
        cause: error,
      });
    }
  });
  const remembered = new Map<string, string>();
  return (peer) => {
    const known = remembered.get(peer);
    if (known !== undefined) return known;
    const place = words(readers.map((reader) => lookUp(reader, peer)));
    if (remembered.size >= mostRemembered) remembered.clear();
    remembered.set(peer, place);
    return place;
  };
}

function lookUp(reader: Lookup, peer: string): Place {
  try {
    return reader.get(peer) ?? {};
  } catch {
    // What is no IP address, such as the peer of a Unix socket, is nowhere.
    return {};
  }
}

function words(places: readonly Place[]): string {
  const all: Place = Object.assign({}, ...places);
  const country = all.country?.iso_code ?? all.registered_country?.iso_code;
  const { autonomous_system_number: network, autonomous_system_organization: name = '' } = all;
  return [country, network === undefined ? undefined : `AS${network} ${name}`.trim()].filter(Boolean).join(' ');
}
