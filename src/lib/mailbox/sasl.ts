import type { Credentials } from './access.ts';

export interface SaslStart {
  readonly mechanism: 'PLAIN' | 'OAUTHBEARER' | 'XOAUTH2';
  /** What is sent first, in base64. */
  readonly initial: string;
}

/** How to log in with these credentials where the server offers these mechanisms; undefined when it cannot be done. */
export function saslStart(
  username: string,
  credentials: Credentials,
  offered: ReadonlySet<string>,
  { host, port }: { readonly host: string; readonly port: number },
): SaslStart | undefined {
  if (credentials.kind === 'password') {
    return offered.has('PLAIN')
      ? { mechanism: 'PLAIN', initial: base64(`\0${username}\0${credentials.password}`) }
      : undefined;
  }
  const bearer = `auth=Bearer ${credentials.token}\x01\x01`;
  if (offered.has('OAUTHBEARER')) {
    // RFC 5801: these two characters mean something in a name.
    const name = username.replaceAll('=', '=3D').replaceAll(',', '=2C');
    const initial = base64(`n,a=${name},\x01host=${host}\x01port=${port}\x01${bearer}`);
    return { mechanism: 'OAUTHBEARER', initial };
  }
  if (offered.has('XOAUTH2')) return { mechanism: 'XOAUTH2', initial: base64(`user=${username}\x01${bearer}`) };
  return undefined;
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
