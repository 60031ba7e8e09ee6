import type { Capture } from '../capture/capture.ts';
import { peerText } from '../text/peer-text.ts';
import { printable } from '../text/printable.ts';
import { formatSize } from '../text/units.ts';
import { contentStream } from './look-at-journal.ts';

const mostShown = 256 * 2 ** 10;

/** A message for people: what is known of it, then its text as far as anybody reads on a screen. */
export async function* captureText(capture: Capture): AsyncGenerator<string> {
  const { id, receivedAt, intake, envelope, evidence, sha256, size, queueId } = capture.facts;
  yield `id        ${id}`;
  yield `received  ${receivedAt} by ${intake}${queueId ? `, queued as ${queueId}` : ''}`;
  if (evidence) {
    const { peer, protocol, helo } = evidence;
    yield `peer      ${peer.address} port ${peer.port}, ${protocol}${helo ? `, called itself ${printable(helo)}` : ''}`;
  }
  yield `from      ${printable(envelope.from) || '<>'}`;
  for (const recipient of envelope.to) yield `to        ${printable(recipient)}`;
  yield `size      ${formatSize(size)}`;
  yield `sha256    ${sha256}`;
  yield '';
  yield* lines(capture);
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
