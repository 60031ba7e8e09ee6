import { isRefusal, isSuccess } from './answer.ts';
import type { Contact } from './contact.ts';
import type { Interview } from './interview.ts';
import { ownAddress, type Asked } from './question.ts';

/**
 * Most servers refuse to relay. Their refusal is what they say to an address that they do not know; what they say to
 * one that they take has to be asked with an address of their own. Nobody is sent anything.
 */
export async function askForRecipients(
  interview: Interview,
  { hello, from, hosts }: Contact,
): Promise<readonly Asked[]> {
  const foreign = await ask(ownAddress);
  if (foreign.answer.is === 'missing' || isSuccess(foreign.answer.text)) return [foreign];
  const refused: readonly Asked[] = isRefusal(foreign.answer.text)
    ? [{ ...foreign, question: { ...foreign.question, occasion: 'rcptUnknown', expects: 'refusal' } }]
    : [];
  for (const address of ownAddresses(hosts)) {
    const own = await ask(address);
    if (own.answer.is === 'reply' && isSuccess(own.answer.text)) return [own, ...refused];
  }
  return [foreign, ...refused];

  async function ask(argument: string): Promise<Asked> {
    const lines = [hello, from, `RCPT TO:<${argument}>`];
    return { question: { occasion: 'rcpt', lines, expects: 'success', argument }, answer: await interview.ask(lines) };
  }
}

/** Every server has to take mail for its postmaster (RFC 5321, 4.5.1), under a name that it does not tell. */
function ownAddresses(hosts: readonly string[]): readonly string[] {
  const names = hosts.flatMap((host) => [host, host.replace(/^[\w-]+\.(?=[\w-]+\.)/, '')]);
  return [...[...new Set(names)].map((name) => `postmaster@${name}`), 'postmaster'];
}
