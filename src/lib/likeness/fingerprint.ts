import { wordsIn } from './words.ts';

/**
 * MinHash: of so many hash functions, each over all triples of neighbouring words, the smallest value. Two messages
 * agree in as many places as they share triples.
 */
export type Fingerprint = Uint16Array;

export const places = 96;
/** Places that are looked up together: messages that share one row of them are compared. */
export const rowLength = 3;
export const rowCount = places / rowLength;

const mostWords = 3_000;
/** With fewer words than this, how a message is built says more than what it says. */
const fewWords = 12;
/** Less than this is shared by messages that have nothing to do with each other. */
const leastFeatures = 6;

export interface Likeable {
  readonly subject: string | undefined;
  readonly text: string;
  readonly html: string;
  readonly attachments: readonly { readonly type: string; readonly name: string; readonly sha256: string }[];
}

/** Undefined for what says too little to be like anything. */
export function fingerprintOf(message: Likeable): Fingerprint | undefined {
  const features = featuresOf(message);
  if (features.size < leastFeatures) return undefined;
  const smallest = new Uint32Array(places).fill(0xffff_ffff);
  for (const feature of features) {
    for (let place = 0; place < places; place++) {
      const value = (Math.imul(feature, multipliers[place]!) + addends[place]!) >>> 0;
      if (value < smallest[place]!) smallest[place] = value;
    }
  }
  return Uint16Array.from(smallest, (value) => mixed(value) & 0xffff);
}

/** What two messages share, from 0 to 1. */
export function likeness(one: Fingerprint, other: Fingerprint): number {
  let equal = 0;
  for (let place = 0; place < places; place++) if (one[place] === other[place]) equal++;
  return equal / places;
}

/** One number for each row; messages that are alike share at least one of them, with near certainty. */
export function rowsOf(print: Fingerprint): number[] {
  return Array.from({ length: rowCount }, (_, row) => {
    const at = row * rowLength;
    return ((row * 0x1_0000 + print[at]!) * 0x1_0000 + print[at + 1]!) * 0x1_0000 + print[at + 2]!;
  });
}

function featuresOf({ subject = '', text, html, attachments }: Likeable): ReadonlySet<number> {
  const words = [...wordsIn(subject), '', ...wordsIn(text)].slice(0, mostWords);
  const features = new Set<number>();
  addRuns(features, words, 3);
  if (words.length > fewWords) return features;
  addRuns(features, words, 2);
  addRuns(features, tagsIn(html), 4);
  for (const { type, sha256 } of attachments) addRuns(features, [type, sha256], 2);
  return features;
}

function addRuns(features: Set<number>, words: readonly string[], length: number): void {
  const hashes = words.map(hashOf);
  for (let at = 0; at + length <= hashes.length; at++) {
    let hash = length;
    for (let next = at; next < at + length; next++) hash = mixed(Math.imul(hash, 31) ^ hashes[next]!);
    features.add(hash);
  }
}

const mostTags = 500;

/** The names of tags in their order: how a page is built, whatever it says. */
function tagsIn(html: string): readonly string[] {
  const tags: string[] = [];
  for (const [, name] of html.matchAll(/<([a-z][a-z0-9]{0,15})/gi)) {
    tags.push(`<${name!.toLowerCase()}`);
    if (tags.length >= mostTags) break;
  }
  return tags;
}

function hashOf(word: string): number {
  let hash = 0x811c_9dc5;
  for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), 0x0100_0193);
  return hash >>> 0;
}

/** The end of MurmurHash3: every bit of a number changes about half of the others. */
function mixed(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

// The functions have to be the same in every process and for ever: fingerprints are kept.
const multipliers = Uint32Array.from({ length: places }, (_, place) => mixed(2 * place + 1) | 1);
const addends = Uint32Array.from({ length: places }, (_, place) => mixed(0x9e37_79b9 + place));
