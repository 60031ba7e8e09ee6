import type { Address } from '../capture/capture.ts';
import { crc32c } from './crc32c.ts';
import { ipv6Text } from './ipv6.ts';
import { plainAddress } from './plain-address.ts';
import { malformed, type ParsedHeader, type ProxiedAddresses } from './parsed-proxy-header.ts';

export const v2Signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');

const fixedBytes = 16;
/** More than any proxy has to say; the 64 KiB that the length could promise would be held for each connection. */
const mostFollowingBytes = 4096;
export const mostV2Bytes = fixedBytes + mostFollowingBytes;

const commandAt = 12;
const transportAt = 13;
const lengthAt = 14;
const version = 2;
const local = 0;
const proxy = 1;

interface Transport {
  readonly name: string;
  /** How long both addresses with their ports are. */
  readonly size: number;
  readonly addresses: (block: Buffer) => ProxiedAddresses;
}

// Datagrams are no SMTP. Of a Unix socket, and of what the proxy does not know, there is no address to be had.
const transports = new Map<number, Transport>([
  [0x00, { name: 'UNSPEC', size: 0, addresses: () => ({}) }],
  [0x01, { name: 'UNSPEC over a stream', size: 0, addresses: () => ({}) }],
  [0x11, { name: 'TCP over IPv4', size: 12, addresses: (block) => addressesIn(block, 4, ipv4At) }],
  [0x21, { name: 'TCP over IPv6', size: 36, addresses: (block) => addressesIn(block, 16, ipv6At) }],
  [0x31, { name: 'a Unix stream', size: 216, addresses: () => ({}) }],
]);

export function readV2(bytes: Buffer): ParsedHeader {
  if (bytes.length <= commandAt) return { is: 'incomplete' };
  const command = bytes[commandAt]! & 0x0f;
  if (bytes[commandAt]! >> 4 !== version) return malformed('its version is not 2');
  if (command !== local && command !== proxy) return malformed(`its command ${command} is neither LOCAL nor PROXY`);

  if (bytes.length <= transportAt) return { is: 'incomplete' };
  const transport = transports.get(bytes[transportAt]!);
  // With LOCAL, the proxy's own check of our health, all that follows is to be skipped, whatever it is.
  if (!transport && command === proxy) return malformed(`its transport ${hex(bytes[transportAt]!)} is not supported`);

  if (bytes.length < fixedBytes) return { is: 'incomplete' };
  const following = bytes.readUInt16BE(lengthAt);
  if (following > mostFollowingBytes)
    return malformed(`${following} bytes are more than the ${mostFollowingBytes} allowed`);
  const length = fixedBytes + following;
  if (command === local || !transport) {
    return bytes.length < length ? { is: 'incomplete' } : { is: 'header', length };
  }
  if (following < transport.size) return malformed(`${following} bytes are too few for ${transport.name}`);

  if (bytes.length < length) return { is: 'incomplete' };
  const header = bytes.subarray(0, length);
  const problem = problemWithExtras(header, fixedBytes + transport.size);
  return problem === undefined
    ? { is: 'header', length, ...transport.addresses(header.subarray(fixedBytes)) }
    : malformed(problem);
}

function addressesIn(block: Buffer, size: number, textAt: (block: Buffer, at: number) => string): ProxiedAddresses {
  const end = (at: number, portAt: number): Address => ({
    address: textAt(block, at),
    port: block.readUInt16BE(portAt),
  });
  return { source: end(0, 2 * size), destination: end(size, 2 * size + 2) };
}

function ipv4At(block: Buffer, at: number): string {
  return block.subarray(at, at + 4).join('.');
}

function ipv6At(block: Buffer, at: number): string {
  return plainAddress(ipv6Text(Array.from({ length: 8 }, (_, group) => block.readUInt16BE(at + 2 * group))));
}

const extraHeader = 3;
const checksumType = 0x03;

/** What is wrong with the TLVs behind the addresses. Only the checksum means something to us. */
function problemWithExtras(header: Buffer, start: number): string | undefined {
  for (let at = start; at < header.length;) {
    const valueAt = at + extraHeader;
    const next = valueAt <= header.length ? valueAt + header.readUInt16BE(at + 1) : Number.POSITIVE_INFINITY;
    if (next > header.length) return 'a TLV is longer than the header';
    if (header[at] === checksumType) {
      if (next - valueAt !== 4) return 'its checksum is not of 4 bytes';
      if (!isChecksumRight(header, valueAt)) return 'its checksum is wrong';
    }
    at = next;
  }
  return undefined;
}

/** The sum is over the whole header, with zeros where the sum itself is. */
function isChecksumRight(header: Buffer, at: number): boolean {
  const zeroed = Buffer.from(header).fill(0, at, at + 4);
  return crc32c(zeroed) === header.readUInt32BE(at);
}

function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`;
}
