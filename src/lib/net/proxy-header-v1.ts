import { isIPv4, isIPv6 } from 'node:net';
import { plainAddress } from './plain-address.ts';
import { malformed, type ParsedHeader } from './parsed-proxy-header.ts';

export const v1Signature = Buffer.from('PROXY ', 'latin1');

/** The longest line that two IPv6 addresses or an UNKNOWN can make, with its CRLF. */
export const mostV1Bytes = 107;

const CR = 0x0d;
const LF = 0x0a;
const SP = 0x20;

interface Field {
  readonly name: string;
  /** Whether a good field may begin like this. */
  readonly mayBegin: (text: string) => boolean;
  readonly isWhole: (text: string) => boolean;
}

const families = ['TCP4', 'TCP6', 'UNKNOWN'];
const family: Field = {
  name: 'the protocol family',
  mayBegin: (text) => families.some((word) => word.startsWith(text)),
  isWhole: (text) => families.includes(text),
};

// Leading zeros are forbidden in all numbers, since some would take them for octal ones.
const port = (name: string): Field => ({
  name,
  mayBegin: (text) => /^(?:0|[1-9]\d*)?$/.test(text) && Number(text) <= 0xffff,
  isWhole: (text) => text !== '',
});

const octet = /(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)/.source;
const beginOfIpv4 = new RegExp(`^(?:${octet}\\.){0,3}(?:${octet})?$`);

const ipv4 = (name: string): Field => ({
  name,
  mayBegin: (text) => beginOfIpv4.test(text),
  isWhole: isIPv4,
});

const ipv6 = (name: string): Field => ({
  name,
  mayBegin: (text) => /^[0-9a-f:.]{0,45}$/i.test(text),
  isWhole: isIPv6,
});

const ports = [port('the source port'), port('the destination port')];
const fields: Readonly<Record<string, readonly Field[]>> = {
  TCP4: [family, ipv4('the source address'), ipv4('the destination address'), ...ports],
  TCP6: [family, ipv6('the source address'), ipv6('the destination address'), ...ports],
};

export function readV1(bytes: Buffer): ParsedHeader {
  const line: string[] = [];
  let from = v1Signature.length;
  for (let at = from; at < Math.min(bytes.length, mostV1Bytes); at++) {
    const byte = bytes[at]!;
    if (bytes[at - 1] === CR) {
      return byte === LF ? headerFrom(line, at + 1) : malformed('a CR is not followed by LF');
    }
    // Whatever an UNKNOWN says of addresses is to be ignored.
    if (line[0] === 'UNKNOWN') continue;
    const expected = fields[line[0] ?? 'TCP4']!;
    const field = expected[line.length]!;
    const isOver = byte === SP || byte === CR;
    const text = bytes.toString('latin1', from, isOver ? at : at + 1);
    if (!(isOver ? field.isWhole(text) : field.mayBegin(text))) return malformed(`${field.name} is none`);
    if (!isOver) continue;
    line.push(text);
    from = at + 1;
    if (text === 'UNKNOWN') continue;
    const isLast = line.length === expected.length;
    if (isLast && byte === SP) return malformed('more follows the ports');
    if (!isLast && byte === CR) return malformed('the line ends before the ports');
  }
  return bytes.length < mostV1Bytes ? { is: 'incomplete' } : malformed(`its line is longer than ${mostV1Bytes} bytes`);
}

function headerFrom(line: readonly string[], length: number): ParsedHeader {
  const [family, source, destination, sourcePort, destinationPort] = line;
  if (family === 'UNKNOWN') return { is: 'header', length };
  return {
    is: 'header',
    length,
    source: { address: plainAddress(source!), port: Number(sourcePort) },
    destination: { address: plainAddress(destination!), port: Number(destinationPort) },
  };
}
