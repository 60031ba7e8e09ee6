import type { GivenSession } from './given-session.ts';

const mostTrace = 65_536;
const lastLine = /^X-Spamtrap-Sha256: [0-9a-f]{64} of the last (\d{1,15}) bytes\r\n/m;

/** The lines that maildir/trace.ts put on top of a message: how long they are, and what they say. */
export function traceIn(
  head: Buffer,
  size: number,
): { readonly length: number; readonly session: GivenSession } | undefined {
  const top = head.toString('latin1', 0, Math.min(head.length, mostTrace));
  const found = lastLine.exec(top);
  if (!found) return undefined;
  const length = found.index + found[0].length;
  // Only where they stand on top of all the rest are they ours.
  if (size - length !== Number(found[1])) return undefined;
  const lines = head.toString('utf8', 0, length).split('\r\n');
  const values = (name: string) =>
    lines.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2));
  const [helo, peer] = /^from (.*) \(unknown \[([^\]]*)\]\)$/.exec(values('Received')[0] ?? '')?.slice(1) ?? [];
  const from = values('Return-Path')[0]?.replace(/^<|>$/g, '');
  return { length, session: { peer, helo, from, to: values('Delivered-To') } };
}
