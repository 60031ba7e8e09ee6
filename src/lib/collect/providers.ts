/** What is known of a provider of mailboxes, where it differs from what most servers do. */
interface Provider {
  readonly domains: readonly string[];
  readonly idleMs?: number;
  readonly connections?: number;
}

const seconds = 1_000;
const minutes = 60 * seconds;

const providers: readonly Provider[] = [
  // Fifteen connections for an account, whoever opens them; idling for ten minutes is too long.
  { domains: ['gmail.com', 'googlemail.com'], idleMs: 4 * minutes, connections: 4 },
  { domains: ['outlook.com', 'office365.com', 'hotmail.com'], idleMs: 4 * minutes, connections: 4 },
  // They drop IDLE after five minutes, without a word.
  { domains: ['yahoo.com', 'aol.com', 'verizon.net'], idleMs: 3 * minutes },
  // These after a minute.
  { domains: ['rambler.ru', '163.com', '126.com', 'yeah.net', 'naver.com'], idleMs: 55 * seconds },
];

/** RFC 2177 allows 29 minutes; what stands between often forgets a silent connection after five. */
const usual = { idleMs: 4 * minutes, connections: 3 };

/** How long to idle at a server, and how many connections to have there for one account. */
export function mannersAt(host: string): { readonly idleMs: number; readonly connections: number } {
  const name = host.toLowerCase();
  const provider = providers.find(({ domains }) => {
    return domains.some((domain) => name === domain || name.endsWith(`.${domain}`));
  });
  return {
    ...usual,
    ...(provider?.idleMs && { idleMs: provider.idleMs }),
    ...(provider?.connections && { connections: provider.connections }),
  };
}
