import { duration } from '../../config/words/amount.ts';
import type { Manners, Tally } from '../../smtp/persona.ts';
import type { Learned } from './draft-replies.ts';
import { enough, type Endurance } from './endurance.ts';
import { lateness, median } from './pace.ts';

/** As they are written in the file of a persona; only where they differ from those of the base. */
export interface DraftManners {
  readonly refusals?: number | 'none';
  readonly tallies?: readonly Tally[] | 'none';
  readonly slowAfter?: number | 'none';
  readonly slowBy?: string;
  readonly late?: { readonly [occasion: string]: string };
}

export interface Measured {
  readonly learned: readonly Learned[];
  /** Milliseconds of all greetings, and of all other replies. */
  readonly greetings: readonly number[];
  readonly replies: readonly number[];
  readonly endurance: Endurance | undefined;
}

interface Drafted {
  readonly manners: DraftManners;
  readonly remarks: readonly string[];
}

export function draftManners(measured: Measured, base: Manners): Drafted {
  const parts = [
    lateIn(measured, base),
    ...(measured.endurance ? [endIn(measured.endurance, base), slowIn(measured.endurance, base)] : []),
  ];
  return {
    manners: Object.assign({}, ...parts.map(({ manners }) => manners)) as DraftManners,
    remarks: parts.flatMap(({ remarks }) => remarks),
  };
}

function lateIn({ learned, greetings, replies }: Measured, base: Manners): Drafted {
  const usual = Math.round(median(replies));
  const differing = learned.flatMap(({ occasion, ms }) => {
    // One greeting may be late by chance; a server that lets its clients wait does so each time.
    const took = occasion === 'greeting' ? Math.min(...greetings) : ms;
    const by = lateness(took, replies);
    return by === (base.late?.[occasion] ?? 0) ? [] : [{ occasion, by, took: Math.round(took) }];
  });
  if (differing.length === 0) return { manners: {}, remarks: [] };
  return {
    manners: { late: Object.fromEntries(differing.map(({ occasion, by }) => [occasion, duration().show(by)])) },
    remarks: differing.map(({ occasion, took }) => `manners.late.${occasion}: ${took} ms, where most took ${usual} ms`),
  };
}

function endIn(endurance: Endurance, { refusals, tallies }: Manners): Drafted {
  if (endsLikewise(endurance, { refusals, tallies })) return { manners: {}, remarks: [] };
  const { refused, end, usual } = endurance;
  const others = tallies.filter((tally) => !isOfUnknown(tally));
  if (end === undefined) {
    return {
      manners: { refusals: 'none', ...talliesFrom(others, tallies) },
      remarks: [`manners: it bore ${refused} refused commands in a row; no more are tried.`],
    };
  }
  const remarks = [`manners: it ended the session after ${refused} refused commands in a row.`];
  if (end.by === 'farewell') return { manners: { refusals: refused, ...talliesFrom(others, tallies) }, remarks };
  const isUsual = end.text === usual;
  const own: Tally = { of: ['unknown'], limit: refused, last: isUsual ? '{reply}' : end.text };
  // Words of its own are about commands that it does not know; without them any refusal may have counted.
  const counted = isUsual ? refused : refusals !== undefined && refusals <= refused ? 'none' : undefined;
  return {
    manners: { ...(counted !== undefined && { refusals: counted }), tallies: [own, ...others] },
    remarks,
  };
}

function endsLikewise(
  { refused, end, usual }: Endurance,
  { refusals = Infinity, tallies }: Pick<Manners, 'tallies'> & { readonly refusals: number | undefined },
): boolean {
  const tally = tallies.filter(isOfUnknown).toSorted((a, b) => a.limit - b.limit)[0];
  const limit = tally?.limit ?? Infinity;
  if (end === undefined) return Math.min(limit, refusals) > refused;
  if (end.by === 'farewell') return refusals === refused && limit > refused;
  return tally !== undefined && limit === refused && (tally.last === '{reply}' ? usual : tally.last) === end.text;
}

function talliesFrom(others: readonly Tally[], all: readonly Tally[]): DraftManners {
  if (others.length === all.length) return {};
  return { tallies: others.length === 0 ? 'none' : others };
}

function isOfUnknown({ of }: Tally): boolean {
  return of.includes('unknown');
}

function slowIn({ slow, refused }: Endurance, base: Manners): Drafted {
  if (slow && (slow.after !== base.slow?.after || slow.ms !== base.slow.ms)) {
    return {
      manners: { slowAfter: slow.after, slowBy: duration().show(slow.ms) },
      remarks: [`manners.slowAfter: after ${slow.after} refused commands it was slow.`],
    };
  }
  // A session that ended too early says nothing about it.
  const hasShown = base.slow !== undefined && base.slow.after + enough <= refused;
  return { manners: slow === undefined && hasShown ? { slowAfter: 'none' } : {}, remarks: [] };
}
