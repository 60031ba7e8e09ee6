import { createHash, randomBytes } from 'node:crypto';
import { publishedPayload, type PayloadShape } from '../../capture/published.ts';
import type { CaptureFacts } from '../../capture/capture.ts';

export interface TestLetter {
  readonly sha256: string;
  readonly payload: Buffer;
}

/** A message that says what it is, in the shape in which the output publishes. */
export function testLetter(sensor: string, shape: PayloadShape): TestLetter {
  const text = [
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${randomBytes(12).toString('hex')}@feed-test.invalid>`,
    'From: feed-test@example.org',
    'To: feed-test@example.net',
    `Subject: spamtrap feed-test of ${sensor}`,
    '',
    'Somebody tries whether this feed works. It is no mail that was caught.',
    '',
  ];
  const bytes = Buffer.from(text.join('\r\n'));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const facts: CaptureFacts = {
    id: '0'.repeat(26),
    receivedAt: new Date().toISOString(),
    sha256,
    size: bytes.length,
    intake: 'relay',
    envelope: { from: 'feed-test@example.org', to: ['feed-test@example.net'] },
    tags: ['feed-test'],
  };
  return { sha256, payload: publishedPayload(facts, bytes, sensor, shape) };
}
