import { createHash, randomBytes } from 'node:crypto';
import { createAccount, createOperator, createUser, type KeyPair } from '@nats-io/nkeys';

// What `nsc` would write, which is not in Debian: an operator who vouches for an account, and it for a user.

export interface Issued {
  readonly operator: string;
  /** What vouches for each of them, by their public keys. */
  readonly accounts: Readonly<Record<string, string>>;
  readonly credentials: string;
}

export function issueCredentials(): Issued {
  const operator = createOperator();
  const account = createAccount();
  const user = createUser();
  const unlimited = { subs: -1, data: -1, payload: -1, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 };
  const streams = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };
  const limits = { ...unlimited, ...streams };
  const system = createAccount();
  const systemKey = system.getPublicKey();
  const userJwt = jwt(user, account, { type: 'user', version: 2, subs: -1, data: -1, payload: -1 });
  return {
    operator: jwt(operator, operator, { type: 'operator', version: 2, system_account: systemKey }),
    accounts: {
      [account.getPublicKey()]: jwt(account, operator, { type: 'account', version: 2, limits }),
      [systemKey]: jwt(system, operator, { type: 'account', version: 2, limits: unlimited }),
    },
    credentials: [
      '-----BEGIN NATS USER JWT-----',
      userJwt,
      '------END NATS USER JWT------',
      '',
      '-----BEGIN USER NKEY SEED-----',
      Buffer.from(user.getSeed()).toString(),
      '------END USER NKEY SEED------',
      '',
    ].join('\n'),
  };
}

function jwt(subject: KeyPair, issuer: KeyPair, nats: object): string {
  const claims = {
    jti: createHash('sha256').update(randomBytes(16)).digest('base64url'),
    iat: Math.floor(Date.now() / 1000),
    iss: issuer.getPublicKey(),
    name: 'test',
    sub: subject.getPublicKey(),
    nats,
  };
  const parts = [{ typ: 'JWT', alg: 'ed25519-nkey' }, claims].map((part) => encode(JSON.stringify(part)));
  const signed = parts.join('.');
  return `${signed}.${encode(issuer.sign(Buffer.from(signed)))}`;
}

function encode(bytes: string | Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
