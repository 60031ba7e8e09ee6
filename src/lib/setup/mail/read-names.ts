import { domainName, mailAddress } from '../names.ts';
import { quoted, wrongFlag } from '../wrong-flag.ts';

const example = 'Write an address such as adam@example.org.';

/** An address, or where there is no Postfix any plain name. */
export function readUserName(given: string): string {
  const address = mailAddress(given);
  if (address !== undefined) return address;
  if (!given.includes('@') && /^[a-z\d][a-z\d._-]{0,127}$/i.test(given)) return given;
  return wrongFlag('USER', `${quoted(given)} is no plain name or address.`, example);
}

/** An address, or `@domain` for all that nobody else takes. */
export function readAliasName(given: string): string {
  const rest = given.startsWith('@') ? domainName(given.slice(1)) : undefined;
  const address = rest === undefined ? mailAddress(given) : `@${rest}`;
  return address ?? wrongFlag('ADDRESS', `${quoted(given)} is no plain address.`, `${example} Or @example.org.`);
}

export function readTargets(given: readonly string[]): string[] {
  const targets = given.map(
    (text) => mailAddress(text) ?? wrongFlag('TO', `${quoted(text)} is no plain address.`, example),
  );
  return targets.length > 0 ? [...new Set(targets)] : wrongFlag('TO', 'nobody is named.', example);
}

export function readDomain(given: string): string {
  return (
    domainName(given) ??
    wrongFlag('DOMAIN', `${quoted(given)} is no domain name.`, 'Write a domain such as example.org.')
  );
}
