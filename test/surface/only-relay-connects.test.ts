import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { importsOf } from './imports.ts';

// Promise 3 of the design: captures leave this machine through one folder. So whatever can begin a conversation with
// somebody else is written down here, file by file, with what it is for.
const mayReachOut: Readonly<Record<string, readonly string[]>> = {
  // The way out of captures.
  'lib/probe/relay/dial.ts': ['node:net connect'],
  'lib/probe/relay/start-tls.ts': ['node:tls connect'],
  'lib/probe/relay/node-resolver.ts': [
    'node:dns CANCELLED',
    'node:dns NODATA',
    'node:dns NOTFOUND',
    'node:dns/promises Resolver',
  ],
  // Asks a server that the operator names what it says to commands; it has no captures.
  'lib/setup/persona/connection.ts': ['node:net connect', 'node:tls connect'],
  // Records of captures go to the brokers that the operator names, and to nobody else.
  'lib/net/dial.ts': ['node:dns lookup', 'node:net connect', 'node:tls checkServerIdentity', 'node:tls connect'],
  // Connections to the servers of trap mailboxes, through the proxy that the operator names for them.
  'lib/net/proxied.ts': ['socks SocksClient'],
  'lib/mailbox/imap/client.ts': ['imapflow ImapFlow'],
  // Asks a connection whether it is one of TLS.
  'lib/mailbox/pop3/pop3-session.ts': ['node:tls TLSSocket'],
  'lib/outputs/amqp/amqp-link.ts': ['amqplib *'],
  // A cluster that the operator names: records of captures, and what sensors have to tell each other.
  'lib/nats/library.ts': ['@nats-io/jetstream *', '@nats-io/kv *', '@nats-io/obj *', '@nats-io/transport-node *'],
  'lib/outputs/amqp/tls-options.ts': ['node:tls checkServerIdentity'],
  // Ask daemons that the operator names about messages that have been kept: none unless somebody says so.
  'lib/judge/rspamd.ts': ['node:http request'],
  // Asks DNS what the domain of a sender says; mailauth asks nothing by itself.
  'lib/judge/sender.ts': ['mailauth *', 'node:dns/promises Resolver'],
  // Asks for the addresses of a broker, to show them.
  'lib/assembly/steps/reach-steps.ts': ['node:dns/promises lookup'],
  // Asks for the address of this machine's own name, when the doctor is asked.
  'lib/assembly/doctor/machine.ts': ['node:dns/promises lookup'],
  // Asks what runs on this machine, on a Unix socket.
  'lib/control/control-client.ts': ['node:net connect'],
  // Attacks the relay of this machine, on the loopback interface only.
  'lib/assembly/demo/player.ts': ['node:net connect'],
  // Tells machines how the sensor is.
  'lib/net/pages.ts': ['node:http createServer'],
  // Asks a connection to a mail server, which the operator names, whether it is one of TLS.
  'lib/assembly/verify/certificate-step.ts': ['node:tls TLSSocket'],
  // The broker answers those who come; so does the page with its numbers.
  'lib/hpfeeds/broker/broker.ts': ['node:tls TLSSocket'],
  // Finds out whether somebody listens on a Unix socket.
  'lib/intake/unix-socket.ts': ['node:net connect'],
  // Takes up TLS on a connection that a peer has begun.
  'lib/intake/take-up-tls.ts': ['node:tls TLSSocket'],
};

/** From these nothing else can be had that reaches anybody. */
const harmless: Readonly<Record<string, readonly string[]>> = {
  'node:net': ['isIP', 'isIPv4', 'isIPv6', 'BlockList', 'SocketAddress', 'createServer', 'Server'],
  'node:tls': ['createSecureContext', 'createServer'],
};

const networkModules =
  /^(?:node:)?(?:net|tls|dns|dns\/promises|http|https|http2|dgram|quic|inspector|undici|amqplib|socks|imapflow|mailauth|@nats-io\/.*)$/;
const statement = /^import\s+([^']*?)\s*from\s*'([^']+)'/gm;
const globals =
  /(?<![\w.$#])(?:fetch|WebSocket|EventSource|XMLHttpRequest|require)(?=\s*[(.])|\bglobalThis(?=\[|\.(?:fetch|WebSocket|EventSource))|\b(?:getBuiltinModule|createRequire)\b/g;

/** Everything in a source that reaches somebody, or could: `node:net connect`. */
function waysOut(source: string): string[] {
  const named = [...source.matchAll(statement)].filter(([, names]) => !names!.startsWith('type '));
  const found: string[] = [];
  for (const { specifier, typeOnly } of importsOf(source)) {
    if (typeOnly || !networkModules.test(specifier)) continue;
    const names = named.filter(([, , from]) => from === specifier).flatMap(([, names]) => namesIn(names!));
    // Without names in braces, all of the module can be had.
    const taken = names.length === 0 ? ['*'] : names;
    const isHarmless = (name: string) => name.startsWith('type ') || harmless[specifier]?.includes(name);
    found.push(...taken.filter((name) => !isHarmless(name)).map((name) => `${specifier} ${name}`));
  }
  const used = [...withoutComments(source).matchAll(globals)].map(([name]) => name);
  return [...new Set([...found, ...used])].sort((one, other) => (one < other ? -1 : 1));
}

function namesIn(clause: string): string[] {
  const [, inBraces] = /^\{([^}]*)\}$/.exec(clause) ?? [];
  if (inBraces === undefined) return ['*'];
  return inBraces
    .split(',')
    .map((name) => name.trim().replace(/\s+as\s+.*$/, ''))
    .filter((name) => name !== '');
}

function withoutComments(source: string): string {
  return source.replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '');
}

const src = fileURLToPath(new URL('../../src/', import.meta.url));
const sources = readdirSync(src, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
  .map((entry) => relative(src, join(entry.parentPath, entry.name)));

it('only the relay of probes sends anything out, and what else connects is written down', () => {
  expect(sources.length).toBeGreaterThan(100);
  const reaching = sources
    .map((path) => [path, waysOut(readFileSync(join(src, path), 'utf8'))] as const)
    .filter(([, ways]) => ways.length > 0);
  expect(Object.fromEntries(reaching)).toEqual(mayReachOut);
});

it.each([
  ["import { connect } from 'node:net';", ['node:net connect']],
  ["import { createConnection as createServer } from 'node:net';", ['node:net createConnection']],
  ["import {\n  isIP,\n  Socket,\n} from 'node:net';", ['node:net Socket']],
  ["import net from 'node:net';", ['node:net *']],
  ["import net, { isIP } from 'node:net';", ['node:net *']],
  ["import * as net from 'node:net';", ['node:net *']],
  ["import 'node:net';", ['node:net *']],
  ["export { connect } from 'node:net';", ['node:net *']],
  ["export * from 'net';", ['net *']],
  ["const net = await import('node:net');", ['node:net *']],
  ["import { request } from 'node:https';", ['node:https request']],
  ["import { lookup } from 'node:dns';", ['node:dns lookup']],
  ["import { createSocket } from 'node:dgram';", ['node:dgram createSocket']],
  ["const reply = await fetch('https://example.org');", ['fetch']],
  ["const net = process.getBuiltinModule('net');", ['getBuiltinModule']],
  ["const reply = await globalThis['fetch'](url);", ['globalThis']],
  ['const socket = new WebSocket(url);', ['WebSocket']],
  ["const net = require('net');", ['require']],
])('a way out is found in %j', (source, ways) => {
  expect(waysOut(source)).toEqual(ways);
});

it.each([
  "import { isIP, isIPv4, type Socket } from 'node:net';",
  "import type { Socket } from 'node:net';",
  "import { createServer } from 'node:net';",
  "// import { connect } from 'node:net';",
  "import { readFileSync } from 'node:fs';",
  'mailbox.fetch(1);',
])('none is found in %j', (source) => {
  expect(waysOut(source)).toEqual([]);
});
