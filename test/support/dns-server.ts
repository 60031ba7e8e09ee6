import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { decode, encode, type Answer, type Question } from 'dns-packet';
import { onTestFinished } from 'vitest';

/** What the server says to one question; `silence` is no answer at all. */
export type DnsReply = readonly Answer[] | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED' | 'silence';

/** A zone as a table: `'example.test MX'` → records; names that are in no key do not exist. */
export type Zone = Readonly<Record<string, DnsReply | readonly string[]>>;

const codes = { NXDOMAIN: 3, SERVFAIL: 2, REFUSED: 5 } as const;
const authoritative = 1 << 10;

/** A DNS server on loopback that says what the test wants, and something else the next time where it wants that. */
export class DnsServer {
  /** Every question, as `example.test MX`. */
  readonly asked: string[] = [];
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  static async start(answer: (question: string, times: number) => DnsReply): Promise<DnsServer> {
    const socket = createSocket('udp4');
    const server = new DnsServer(socket);
    socket.on('message', (bytes, { address, port }) => {
      const query = decode(bytes);
      const [question] = query.questions as [Question];
      const asked = `${question.name.toLowerCase()} ${question.type}`;
      server.asked.push(asked);
      const reply = answer(asked, server.asked.filter((each) => each === asked).length);
      if (reply === 'silence') return;
      const [code, answers] = typeof reply === 'string' ? [codes[reply], []] : [0, [...reply]];
      const flags = authoritative | code;
      socket.send(
        encode({ type: 'response', id: query.id ?? 0, flags, questions: [question], answers }),
        port,
        address,
      );
    });
    // Whoever asked may be gone by now.
    socket.on('error', () => undefined);
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    onTestFinished(() => void socket.close());
    return server;
  }

  static of(zone: Zone): Promise<DnsServer> {
    return DnsServer.start((question) => fromZone(zone, question));
  }

  /** For a resolver's list of servers. */
  get address(): string {
    return `127.0.0.1:${this.#socket.address().port}`;
  }
}

export function fromZone(zone: Zone, question: string): DnsReply {
  const [name = '', type = ''] = question.split(' ');
  const found = zone[question];
  if (found === undefined) return Object.keys(zone).some((key) => key.startsWith(`${name} `)) ? [] : 'NXDOMAIN';
  if (typeof found === 'string') return found;
  return found.map((each) => (typeof each === 'string' ? recordOf(name, type, each) : each));
}

/** `10 mx.example.test` for MX, an address for A and AAAA. */
function recordOf(name: string, type: string, text: string): Answer {
  if (type !== 'MX') return { type: type as 'A' | 'AAAA', name, ttl: 60, data: text };
  const [preference, exchange = ''] = text.split(' ');
  return { type: 'MX', name, ttl: 60, data: { preference: Number(preference), exchange } };
}
