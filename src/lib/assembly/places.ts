import { readFileSync } from 'node:fs';
import { errno, exitCodes, Fault, reason } from '../errors.ts';
import type { Place } from '../index/record.ts';

/** What the files that are sold or given away have of an address, as far as it is shown. */
interface FilePlace {
  readonly country?: { readonly iso_code?: string };
  readonly registered_country?: { readonly iso_code?: string };
  readonly autonomous_system_number?: number;
  readonly autonomous_system_organization?: string;
}

interface Lookup {
  get(address: string): FilePlace | null;
}

const mostRemembered = 10_000;

const nowhere: Place = {};

/** Tells country and network of an address, from files that the user brings; nothing where there are none. */
export async function placesIn(files: readonly string[]): Promise<(peer: string) => Place> {
  if (files.length === 0) return () => nowhere;
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
  const remembered = new Map<string, Place>();
  return (peer) => {
    const known = remembered.get(peer);
    if (known !== undefined) return known;
    const place = placeFrom(readers.map((reader) => lookUp(reader, peer)));
    if (remembered.size >= mostRemembered) remembered.clear();
    remembered.set(peer, place);
    return place;
  };
}

function lookUp(reader: Lookup, peer: string): FilePlace {
  try {
    return reader.get(peer) ?? {};
  } catch {
    // What is no IP address, such as the peer of a Unix socket, is nowhere.
    return {};
  }
}

function placeFrom(places: readonly FilePlace[]): Place {
  const all: FilePlace = Object.assign({}, ...places);
  const { autonomous_system_number: number, autonomous_system_organization: name = '' } = all;
  return {
    country: all.country?.iso_code ?? all.registered_country?.iso_code,
    network: number === undefined ? undefined : `AS${number} ${name}`.trim(),
  };
}

/** The same in words, for where there is little room. */
export function placeWords({ country, network }: Place): string {
  return [country, network].filter(Boolean).join(' ');
}
