/** What is said of a message in headers of NATS, so that a consumer need not look into the record. */
export const headerNames = {
  /** JetStream's own: what comes twice under one id is stored once. */
  messageId: 'Nats-Msg-Id',
  id: 'Spamtrap-Id',
  sha256: 'Spamtrap-Sha256',
  sensor: 'Spamtrap-Sensor',
  intake: 'Spamtrap-Intake',
  version: 'Spamtrap-Record',
  contentType: 'Content-Type',
  /** Of a message that is too long for a stream: where its bytes are, as `bucket/name`. */
  object: 'Spamtrap-Object',
  /** Of one that came from an hpfeeds publisher: who that was, and on which channel. */
  ident: 'Spamtrap-Ident',
  channel: 'Spamtrap-Channel',
  /** And which bridge brought it: that one does not carry it back. */
  bridge: 'Spamtrap-Bridge',
} as const;

export type HeaderName = keyof typeof headerNames;

/** Something to publish. */
export interface Letter {
  readonly subject: string;
  readonly payload: Uint8Array;
  readonly headers: Readonly<Partial<Record<HeaderName, string>>>;
}

/** The frame of headers: `NATS/1.0`, a line end, and an empty line. */
const frame = 12;
/** Where a message is to be published, as the servers are told. */
const expectedStream = 'Nats-Expected-Stream';

/** What surrounds the payload counts towards the length that a server takes. */
export function lengthOf({ payload, headers }: Letter, stream: string): number {
  const lines = Object.entries(headers).map(([name, value]) => [headerNames[name as HeaderName], value]);
  return [...lines, [expectedStream, stream]].reduce(
    (sum, [name = '', value = '']) => sum + name.length + Buffer.byteLength(value) + ': \r\n'.length,
    frame + payload.length,
  );
}
