import type { Capture, SessionEvidence, Source } from '../capture/capture.ts';
import type { RuleVerdict } from '../capture/rule-match.ts';
import { peerText } from '../text/peer-text.ts';
import { printable, printableWithin } from '../text/printable.ts';
import { formatSize } from '../text/units.ts';
import { contentStream, type Kept } from './look-at-journal.ts';

const mostShown = 256 * 2 ** 10;

/** A message for people: what is known of it, then its text as far as anybody reads on a screen. */
export async function* captureText(kept: Kept): AsyncGenerator<string> {
  const { id, receivedAt, intake, envelope, evidence, source, sha256, size, queueId, rules, folder } = kept.facts;
  yield `id        ${id}`;
  yield `received  ${receivedAt} by ${intake}${queueId ? `, queued as ${queueId}` : ''}`;
  if (evidence) {
    const { peer, protocol, helo } = evidence;
    yield `peer      ${peer.address} port ${peer.port}, ${protocol}${helo ? `, called itself ${printable(helo)}` : ''}`;
    yield* moreEvidence(evidence);
  }
  if (source) yield* whereabouts(source);
  else yield `from      ${printable(envelope.from) || '<>'}`;
  for (const recipient of envelope.to) yield `to        ${printable(recipient)}`;
  yield `size      ${formatSize(size)}`;
  yield `sha256    ${sha256}`;
  if (folder) yield `folder    ${folder}`;
  if (rules) yield* verdict(rules);
  yield '';
  if (kept.content) yield* lines(kept);
  else yield 'A rule let only this evidence be kept, and nothing of the message.';
}

/** A mailbox knows no envelope, only where the message lay. */
function* whereabouts({ account, folder, uidValidity, uid, arrivedAt, flags, hints }: Source): Generator<string> {
  yield `mailbox   ${printable(account)}, ${printable(folder)}, message ${printable(uid)} (UIDVALIDITY ${printable(uidValidity) || 'none'})`;
  if (arrivedAt !== undefined) yield `arrived   ${printable(arrivedAt)}`;
  if (flags !== undefined && flags.length > 0) yield `flags     ${flags.map(printable).join(' ')}`;
  if (hints) yield `hints     ${printable(words({ ...hints }))} (its headers say so, as anybody may)`;
}

function* verdict({ revision, matches, probe, urls = [] }: RuleVerdict): Generator<string> {
  for (const { rule, kind, hook, because } of matches) {
    yield `rule      ${printable(rule)} (${kind}, on ${hook}): ${printable(because)}`;
  }
  yield `rules     revision ${revision}${probe ? `; on the probe desk for ${printable(probe)}` : ''}`;
  for (const url of urls) yield `url       ${printable(url)}`;
}

function* moreEvidence({
  proxy,
  tls,
  credentials,
  traits,
  forwarded,
  commandsSeen,
}: SessionEvidence): Generator<string> {
  if (proxy) yield `proxy     ${proxy.address} port ${proxy.port}`;
  if (forwarded) yield `before    ${printable(words(forwarded))}`;
  if (tls) yield `tls       ${printable(words({ ...tls }))}`;
  for (const tried of credentials ?? []) yield `login     ${printable(words({ ...tried }))}`;
  if (traits) yield `traits    ${traits.bareCr} bare CR, ${traits.bareLf} bare LF`;
  for (const [after, line] of commandsSeen ?? []) yield `${String(after).padStart(6)}ms  ${printableWithin(line, 200)}`;
}

function words(facts: Readonly<Record<string, unknown>>): string {
  return Object.entries(facts)
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(' ');
}

async function* lines(capture: Capture): AsyncGenerator<string> {
  const head: Buffer[] = [];
  let length = 0;
  for await (const chunk of contentStream(capture)) {
    head.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length >= mostShown) break;
  }
  const shown = Buffer.concat(head).subarray(0, mostShown);
  for (const line of peerText(shown).split(/\r?\n/)) yield printable(line);
  const rest = capture.facts.size - shown.length;
  if (rest > 0) yield `… ${formatSize(rest)} more; --raw prints all of it`;
}
