import { Fault, exitCodes } from '../../errors.ts';
import { countedAs, readDomain, readMailbox, type Mailbox } from './mailbox.ts';

/** Read by those who answer for a domain, never by those who test a relay. */
const roles = new Set(['postmaster', 'abuse', 'hostmaster', 'webmaster', 'noc', 'security', 'root', 'mailer-daemon']);

/**
 * Addresses (`user@example.org`) and domains (`example.org`, with all below it). An allow list that is absent allows
 * everybody; one that is empty allows nobody.
 */
export interface RecipientListsText {
  readonly deny: readonly string[];
  readonly allow?: readonly string[];
}

/** To whom the operator wants nothing sent, or to whom alone. */
export class RecipientLists {
  readonly #deny: ReadonlySet<string>;
  readonly #allow: ReadonlySet<string> | undefined;

  constructor({ deny, allow }: RecipientListsText) {
    this.#deny = new Set(deny.map(readEntry));
    this.#allow = allow && new Set(allow.map(readEntry));
  }

  /** Why nothing may go there, or undefined when something may. */
  objection(mailbox: Mailbox): string | undefined {
    if (roles.has(mailbox.name)) return `${mailbox.name} is a role account, to which nothing is ever sent`;
    if (has(this.#deny, mailbox)) return 'it is on the deny list';
    if (this.#allow && !has(this.#allow, mailbox)) return 'it is not on the allow list';
    return undefined;
  }
}

function has(entries: ReadonlySet<string>, mailbox: Mailbox): boolean {
  return entries.has(countedAs(mailbox)) || domainsAbove(mailbox.domain).some((domain) => entries.has(domain));
}

function domainsAbove(domain: string): string[] {
  const labels = domain.split('.');
  return labels.map((_, index) => labels.slice(index).join('.'));
}

function readEntry(text: string): string {
  const mailbox = readMailbox(text);
  // One label is a domain here: nobody needs `.example` to be sent to in order to be kept from it.
  const domain = /^[a-z\d-]+$/i.test(text) ? text.toLowerCase() : readDomain(text.replace(/^@/, ''));
  const entry = mailbox ? countedAs(mailbox) : domain;
  if (entry !== undefined) return entry;
  throw new Fault(`"${text}" is neither an address nor a domain.`, {
    code: 'probe.recipient-list',
    fix: 'Write user@example.org for one recipient, example.org for a domain and all below it.',
    exit: exitCodes.usage,
  });
}
