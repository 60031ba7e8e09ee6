import type { Wishes } from '../../src/lib/setup/postfix/wishes.ts';

/** One of each kind, as an operator would ask for it. */
export const wishesFor = {
  domains: { mode: 'domains', domains: ['example.org', 'example.net'] },
  blackhole: { mode: 'blackhole', hostname: 'mail.example.org' },
  mailserver: {
    mode: 'mailserver',
    domains: ['example.org', 'example.net'],
    mailbox: ['adam@example.org', 'eve@example.net'],
    'catch-all': 'adam@example.org',
    'self-signed': true,
  },
} as const satisfies Record<string, Wishes>;

export const modes = Object.keys(wishesFor) as (keyof typeof wishesFor)[];
