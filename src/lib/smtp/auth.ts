import type { PeerText, TriedCredentials } from '../capture/capture.ts';
import { peerText } from '../text/peer-text.ts';

/** What a peer gave to prove who it is; whether that is good enough is for the policy. */
export type Credentials = Omit<TriedCredentials, 'accepted'>;

/** What the server says next: another challenge, in base64, or its judgement of the credentials. */
export type AuthStep =
  | { readonly is: 'prompt'; readonly text: string }
  /** Where they are refused, some mechanisms say so in a challenge, and the answer to that means nothing. */
  | { readonly is: 'credentials'; readonly credentials: Credentials; readonly regret?: string }
  | { readonly is: 'refusal' }
  /** Something else than the mechanism has. */
  | { readonly is: 'nonsense'; readonly credentials: Credentials }
  /** No base64. It is kept, for it may be a password all the same. */
  | { readonly is: 'malformed'; readonly credentials: Credentials };

/** One running AUTH dialogue. */
export interface AuthExchange {
  answer(line: PeerText): AuthStep;
}

interface Begun {
  readonly exchange: AuthExchange;
  readonly step: AuthStep;
}

type Mechanism = (initial: PeerText | undefined, newChallenge: () => string) => Begun;

const userPrompt = base64('Username:');
const passwordPrompt = base64('Password:');
const unauthorised = base64('{"status":"401","schemes":"bearer","scope":"mail"}');
const invalidToken = base64('{"status":"invalid_token"}');

const mechanisms: ReadonlyMap<string, Mechanism> = new Map<string, Mechanism>([
  ['PLAIN', (initial) => oneAnswer(initial, plain)],
  ['XOAUTH2', (initial) => token(initial, xoauth2)],
  ['OAUTHBEARER', (initial) => token(initial, oauthBearer)],
  ['LOGIN', (initial) => login(initial)],
  ['CRAM-MD5', (_initial, newChallenge) => cramMd5(newChallenge())],
]);

export const mechanismNames: readonly string[] = [...mechanisms.keys()];

export function beginAuth(name: string, initial: PeerText | undefined, newChallenge: () => string): Begun | undefined {
  // RFC 4954: a single `=` is an initial response of no bytes.
  return mechanisms.get(name)?.(initial === '=' ? '' : initial, newChallenge);
}

/** For a mechanism whose only answer may come with the command. */
function oneAnswer(initial: PeerText | undefined, read: (answer: PeerText) => AuthStep): Begun {
  return { exchange: { answer: read }, step: initial === undefined ? { is: 'prompt', text: '' } : read(initial) };
}

function plain(answer: PeerText): AuthStep {
  const mechanism = 'PLAIN';
  const decoded = decode(answer);
  if (decoded === undefined) return { is: 'malformed', credentials: { mechanism, raw: answer } };
  const [actsFor = '', user, password, ...more] = decoded.split('\0');
  if (user === undefined || password === undefined || more.length > 0) return nonsense(mechanism, answer);
  const another = actsFor !== '' && actsFor !== user;
  return { is: 'credentials', credentials: { mechanism, user, password, ...(another && { actsFor }) } };
}

/** A token in one answer; what comes after a refusal means nothing. */
function token(initial: PeerText | undefined, read: (answer: PeerText) => AuthStep): Begun {
  let isRefused = false;
  return oneAnswer(initial, (answer) => {
    if (isRefused) return { is: 'refusal' };
    isRefused = true;
    return read(answer);
  });
}

function xoauth2(answer: PeerText): AuthStep {
  const mechanism = 'XOAUTH2';
  const decoded = decode(answer);
  if (decoded === undefined) return { is: 'malformed', credentials: { mechanism, raw: answer } };
  const [, user, token] = /^user=([^\x01]*)\x01auth=Bearer ([^\x01]*)\x01\x01$/i.exec(decoded) ?? [];
  if (user === undefined || token === undefined) return nonsense(mechanism, answer);
  return { is: 'credentials', credentials: { mechanism, user, token }, regret: unauthorised };
}

/** RFC 7628. */
function oauthBearer(answer: PeerText): AuthStep {
  const mechanism = 'OAUTHBEARER';
  const decoded = decode(answer);
  if (decoded === undefined) return { is: 'malformed', credentials: { mechanism, raw: answer } };
  const [, user, bearer] =
    /^n,(?:a=([^,\x01]*))?,\x01(?:[^\x01]*\x01)*?auth=Bearer ([^\x01]*)\x01/i.exec(decoded) ?? [];
  if (bearer === undefined) return nonsense(mechanism, answer);
  return { is: 'credentials', credentials: { mechanism, ...(user && { user }), token: bearer }, regret: invalidToken };
}

/** Well written, and no credentials: refused like wrong ones. */
function nonsense(mechanism: string, answer: PeerText): AuthStep {
  return { is: 'nonsense', credentials: { mechanism, raw: answer } };
}

function login(initial: PeerText | undefined): Begun {
  let user: PeerText | undefined;
  const exchange: AuthExchange = {
    answer(line) {
      const decoded = decode(line);
      const known = user === undefined ? {} : { user };
      if (decoded === undefined) return { is: 'malformed', credentials: { mechanism: 'LOGIN', ...known, raw: line } };
      if (user !== undefined)
        return { is: 'credentials', credentials: { mechanism: 'LOGIN', user, password: decoded } };
      if (decoded === '') return nonsense('LOGIN', line);
      user = decoded;
      return { is: 'prompt', text: passwordPrompt };
    },
  };
  return { exchange, step: !initial ? { is: 'prompt', text: userPrompt } : exchange.answer(initial) };
}

function cramMd5(challenge: string): Begun {
  const mechanism = 'CRAM-MD5';
  const exchange: AuthExchange = {
    answer(line) {
      const decoded = decode(line);
      if (decoded === undefined) return { is: 'malformed', credentials: { mechanism, challenge, raw: line } };
      const blank = decoded.lastIndexOf(' ');
      if (blank < 0) return { is: 'nonsense', credentials: { mechanism, challenge, raw: line } };
      const user = decoded.slice(0, blank);
      return { is: 'credentials', credentials: { mechanism, user, challenge, response: decoded.slice(blank + 1) } };
    },
  };
  return { exchange, step: { is: 'prompt', text: base64(challenge) } };
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

function decode(text: PeerText): PeerText | undefined {
  const bytes = Buffer.from(text, 'base64');
  // Node reads what it can; a login that a real server would refuse must not become one here.
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text) ? peerText(bytes) : undefined;
}
