import type { CaptureFacts, Source } from '../capture/capture.ts';
import { printableWithin } from '../text/printable.ts';

const maxValue = 800;

/**
 * The header lines that go on top of a message in a mail folder, as the server that the relay plays would have put
 * them there. The bytes below them are the sender's, untouched; the last line says how many they are.
 */
export function traceHeaders(facts: CaptureFacts, software: string): Buffer {
  const { evidence, source, id, sha256, size } = facts;
  const lines = [
    // What lay in a mailbox came there with headers of its own, and nobody has delivered it to us.
    ...(source ? [`X-Spamtrap-Source: ${sourceText(source)}`] : delivery(facts, software)),
    `X-Spamtrap-Id: ${id}`,
    ...(evidence ? [`X-Spamtrap-Session: ${evidence.session}`] : []),
    `X-Spamtrap-Sha256: ${sha256} of the last ${size} bytes`,
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n`, 'utf8');
}

function delivery(facts: CaptureFacts, software: string): readonly string[] {
  const { envelope } = facts;
  return [
    `Return-Path: <${safe(envelope.from)}>`,
    ...envelope.to.map((recipient) => `Delivered-To: ${safe(recipient)}`),
    received(facts, software),
  ];
}

function sourceText({ account, folder, uidValidity, uid }: Source): string {
  return [account, folder, uidValidity, uid].map((part) => printableWithin(part, 200)).join(' ');
}

function received({ evidence, envelope, queueId, host, receivedAt }: CaptureFacts, software: string): string {
  const helo = safe(evidence?.helo ?? evidence?.peer.address ?? 'unknown');
  const recipient = envelope.to.length === 1 ? `\r\n\tfor <${safe(envelope.to[0]!)}>` : '';
  return (
    `Received: from ${helo} (unknown [${evidence?.peer.address ?? 'unknown'}])\r\n` +
    `\tby ${host ?? 'localhost'} (${software}) with ${evidence?.protocol ?? 'SMTP'} id ${queueId ?? 'unknown'}` +
    `${recipient}; ${mailDate(new Date(receivedAt))}`
  );
}

function mailDate(date: Date): string {
  return date.toUTCString().replace('GMT', '+0000 (UTC)');
}

// A peer's address in a header must not begin a new line, end the header, or be longer than a line may be.
function safe(peerText: string): string {
  return printableWithin(peerText, maxValue);
}
