import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { peerBytes } from '../../src/lib/text/peer-text.ts';
import type { TlsFacts } from '../../src/lib/capture/capture.ts';
import { acceptAfter, acceptAll, acceptListed, acceptNone, type AuthPolicy } from '../../src/lib/smtp/auth-policy.ts';
import type { LoginSettings } from '../../src/lib/smtp/login.ts';
import { domainOf } from '../../src/lib/smtp/domain.ts';
import { lmtpServer } from '../../src/lib/smtp/personas/lmtp.ts';
import type { SessionPeer, SessionSettings } from '../../src/lib/smtp/session.ts';
import { lmtp } from '../../src/lib/smtp/verbs.ts';
import { newSession, Player } from '../support/dialogue.ts';

const folder = new URL('./dialogues/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.txt'));

const unescape = (text: string) =>
  text.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** A file may begin with what the server offers beside the usual: `@ tls`, `@ auth all`, `@ lmtp`. */
const offers: Readonly<Record<string, Partial<SessionSettings & SessionPeer>>> = {
  tls: { tls: 'offered' },
  'auth all': { login: login('always', acceptAll) },
  'auth none': { login: login('always', acceptNone) },
  'auth after 1': { login: login('always', acceptAfter(1)) },
  'auth listed': { login: login('always', acceptListed(new Map([['tim', 'tanstaaftanstaaf']]))) },
  'auth secure': { login: login('secure', acceptAll) },
  lmtp: { dialect: lmtp, persona: lmtpServer, takes: (recipient) => domainOf(recipient) === 'trap.example' },
};

function login(offer: LoginSettings['offer'], accepts: AuthPolicy): LoginSettings {
  return { offer, accepts, newChallenge: () => '<1896.697170952@postoffice.reston.mci.net>' };
}

const secured: TlsFacts = { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' };

describe('dialogues', () => {
  it.each(files)('%s', (name) => {
    const script = readFileSync(new URL(name, folder), 'utf8').split('\n').slice(0, -1);
    const offered = script.filter((line) => line.startsWith('@ ')).map((line) => offers[line.slice(2)]!);
    const player = new Player(newSession({}, Object.assign({}, ...offered) as Partial<SessionSettings & SessionPeer>));
    const said = player.greet();
    for (const [index, line] of script.entries()) {
      const where = `${name}:${index + 1}`;
      if (line.startsWith('C: ')) said.push(...player.send(`${unescape(line.slice(3))}\r\n`));
      // No line end of its own, such as the bytes of a chunk have none.
      else if (line.startsWith('C> ')) said.push(...player.send(unescape(line.slice(3))));
      else if (line.startsWith('S: ')) expect(bytes(said.shift()), where).toBe(unescape(line.slice(3)));
      else if (line === '=> TLS') said.push(...player.secure(secured));
      else if (line === '=>') expect(player.closed, where).toBe(true);
      else if (line.startsWith('M: ')) expect(shown(player.messages.shift()), where).toBe(line.slice(3));
      else if (line.startsWith('A: ')) expect(shown(player.tried.shift()), where).toBe(line.slice(3));
      else expect(line, `${where} is no line of a dialogue`).toMatch(/^[#@]/);
    }
    expect(said).toEqual([]);
  });
});

function shown(value: unknown): string {
  return JSON.stringify(value);
}

function bytes(reply: string | undefined): string | undefined {
  return reply === undefined ? undefined : peerBytes(reply).toString('latin1');
}
