import { describe, expect, it } from 'vitest';
import { Chance } from '../../src/lib/assembly/demo/chance.ts';
import { contentsOf } from '../../src/lib/mime/contents.ts';
import { corpus } from '../support/corpora.ts';
import { measureGrouping, type Labelled } from '../support/grouping.ts';
import { variation, type Base } from '../support/injected-spam.ts';
import { SpamRuns } from '../support/spam-runs.ts';

const copies = 12;

/** One message of each of many runs. */
function madeUp(): readonly Buffer[] {
  const runs = new SpamRuns(8, 200);
  const byRun = new Map(Array.from({ length: 3_000 }, () => runs.next()).map(({ run, bytes }) => [run, bytes]));
  return [...byRun.values()];
}

function basesIn(messages: readonly Buffer[]): Base[] {
  const bases: (Base & { readonly words: ReadonlySet<string> })[] = [];
  for (const bytes of messages) {
    const { subject = '', text } = contentsOf(bytes, bytes.length);
    const words = new Set(text.toLowerCase().match(/[a-z]{3,}/g) ?? []);
    if (words.size < 30) continue;
    // The corpus has campaigns of its own: of those that share half of their words, one is taken.
    if (bases.some((base) => shared(base.words, words) > 0.5)) continue;
    bases.push({ subject, text: text.replaceAll('\r', ''), words });
  }
  return bases;
}

function shared(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const both = [...one].filter((word) => other.has(word)).length;
  return both / (one.size + other.size - both);
}

function injected(bases: readonly Base[], seed: number): readonly Labelled[] {
  const chance = new Chance(seed);
  const vocabulary = bases.flatMap(({ text }) => text.match(/[a-z]{3,12}/gi)?.slice(0, 40) ?? []);
  const all = bases.flatMap((base, label) =>
    Array.from({ length: copies }, () => ({ label, bytes: variation(base, vocabulary, chance) })),
  );
  // They come as they come.
  return all
    .map((message) => ({ message, at: chance.next() }))
    .sort((one, other) => one.at - other.at)
    .map(({ message }) => message);
}

describe('campaigns are found', () => {
  it.each([1, 2, 3])('in variations of spam, real spam where there is some (seed %i)', (seed) => {
    const real = corpus('spamassassin');
    const measured = measureGrouping(injected(basesIn(real.length > 0 ? real : madeUp()), seed));
    expect(measured.precision).toBeGreaterThanOrEqual(0.98);
    expect(measured.recall).toBeGreaterThanOrEqual(0.9);
  });

  it('in runs that are made up', () => {
    const runs = new SpamRuns(7, 60);
    const messages = Array.from({ length: 1_500 }, () => runs.next()).map(({ run, bytes }) => ({ label: run, bytes }));
    const measured = measureGrouping(messages);
    expect(measured.precision).toBeGreaterThanOrEqual(0.98);
    expect(measured.recall).toBeGreaterThanOrEqual(0.9);
  });
});
