import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../src/lib/errors.ts';
import type { PlannedFile } from '../../src/lib/setup/planned-file.ts';
import { postfixFiles } from '../../src/lib/setup/postfix/postfix-files.ts';
import { readSite } from '../../src/lib/setup/postfix/read-site.ts';
import type { Wishes } from '../../src/lib/setup/postfix/wishes.ts';
import { modes, wishesFor } from './wishes.ts';

const now = new Date('2026-11-20T12:00:00Z');

async function filesFor(wishes: Wishes): Promise<Map<string, PlannedFile>> {
  const files = await postfixFiles(readSite(wishes), now);
  return new Map(files.map((file) => [file.name, file]));
}

async function textOf(wishes: Wishes, name: string): Promise<string> {
  return (await filesFor(wishes)).get(name)!.text;
}

/** The settings of a main.cf, as Postfix takes them apart. */
function settingsOf(text: string): Map<string, string> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const [, name, value] = /^(\w+) =(?: (.*))?$/.exec(line) ?? [];
      expect(name, line).toBeDefined();
      return [name!, value ?? ''];
    }),
  );
}

function servicesOf(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => /^\w/.test(line))
    .map((line) => line.trim().split(/ +/).at(-1)!);
}

function rowsOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

describe('nothing can leave:', () => {
  it.each(['domains', 'blackhole'] as const)('%s has no SMTP client and no program', async (mode) => {
    const services = servicesOf(await textOf(wishesFor[mode], 'master.cf'));
    expect(services).toContain('lmtp');
    for (const way of ['smtp', 'relay', 'local', 'virtual', 'pipe', 'spawn']) expect(services).not.toContain(way);
  });

  it.each(modes)('%s leads every transport to the trap or nowhere', async (mode) => {
    const settings = settingsOf(await textOf(wishesFor[mode], 'main.cf'));
    for (const name of ['default_transport', 'relay_transport', 'local_transport', 'virtual_transport']) {
      expect(settings.get(name), name).toMatch(/^(?:lmtp:|error:)/);
    }
    expect(settings.get('relayhost')).toBe('');
  });

  it('a mail server without a relay host has no SMTP client, and with one no more than that', async () => {
    expect(servicesOf(await textOf(wishesFor.mailserver, 'master.cf'))).not.toContain('smtp');
    const wishes = { ...wishesFor.mailserver, relayhost: 'smtp.example.com' };
    expect(servicesOf(await textOf(wishes, 'master.cf'))).toContain('smtp');
    const settings = settingsOf(await textOf(wishes, 'main.cf'));
    expect(settings.get('default_transport')).toMatch(/^error:/);
    expect(settings.get('relayhost')).toBe('[smtp.example.com]:587');
    expect(settings.get('smtp_tls_security_level')).toBe('secure');
    expect(rowsOf(await textOf(wishes, 'outgoing'))).toEqual(['@example.org smtp:', '@example.net smtp:']);
  });

  it.each(modes)('%s closes the firewall to where mail goes, for both versions of IP', async (mode) => {
    const files = await filesFor(wishesFor[mode]);
    expect(files.get('firewall.nft')!.text).toMatch(/table inet [^]*\btcp dport \{ 25, 465, 587 \} counter drop/);
    const script = files.get('firewall.iptables.sh')!.text;
    expect(script).toMatch(/--dports 25,465,587 -j DROP/);
    expect(script).toMatch(/^close iptables$/m);
    expect(script).toMatch(/^close ip6tables$/m);
    for (const { text } of files.values()) expect(text).not.toMatch(/\bsports?\b/);
  });

  it('the firewall lets through to the relay host alone', async () => {
    const toAddress = { ...wishesFor.mailserver, relayhost: '192.0.2.25:2525' };
    expect(await textOf(toAddress, 'firewall.nft')).toContain('ip daddr 192.0.2.25 tcp dport 2525 accept');
    const script = await textOf(toAddress, 'firewall.iptables.sh');
    expect(script).toMatch(/^close iptables '-d 192\.0\.2\.25 --dport 2525'\nclose ip6tables$/m);
    const toName = await textOf({ ...wishesFor.mailserver, relayhost: 'smtp.example.com' }, 'firewall.nft');
    expect(toName).toContain('meta skuid "postfix" tcp dport 587 accept');
  });
});

describe('the maps', () => {
  it('of a trap name each domain and where all else goes', async () => {
    const wishes = { ...wishesFor.domains, lmtp: '[::1]:24' };
    expect(rowsOf(await textOf(wishes, 'transport'))).toEqual([
      'example.org lmtp:inet:[::1]:24',
      'example.net lmtp:inet:[::1]:24',
      '* error:5.7.1 Nothing leaves this server',
    ]);
    expect(rowsOf(await textOf(wishes, 'relay_domains'))).toEqual(['example.org OK', 'example.net OK']);
  });

  it('of a mail server have mailboxes, duties and the catch-all', async () => {
    const files = await filesFor(wishesFor.mailserver);
    expect(rowsOf(files.get('mailboxes')!.text)).toEqual([
      'adam@example.org adam@example.org',
      'eve@example.net eve@example.net',
    ]);
    expect(rowsOf(files.get('virtual_aliases')!.text)).toEqual([
      'postmaster@example.org adam@example.org',
      'abuse@example.org adam@example.org',
      'postmaster@example.net adam@example.org',
      'abuse@example.net adam@example.org',
      '@example.org adam@example.org',
      '@example.net adam@example.org',
    ]);
    for (const name of ['mailboxes', 'virtual_aliases', 'sender_logins', 'tls.pem']) {
      expect(files.get(name)!.upkeep, name).toBe('operator');
    }
  });

  it('with secrets are for their owner only', async () => {
    const files = await filesFor({ ...wishesFor.mailserver, relayhost: 'smtp.example.com' });
    const secret = [...files.values()].filter(({ access }) => access === 'owner').map(({ name }) => name);
    expect(secret.toSorted()).toEqual(['sasl_passwd', 'tls.pem']);
  });
});

describe('submission', () => {
  it('wants TLS and a login, each port its own way', async () => {
    const text = await textOf(wishesFor.mailserver, 'master.cf');
    const [, at587 = '', at465 = ''] = /\n587 [^\n]*\n((?: .*\n)+)465 [^\n]*\n((?: .*\n)+)/.exec(text) ?? [];
    for (const options of [at587, at465]) {
      expect(options).toContain('smtpd_tls_security_level=encrypt');
      expect(options).toContain('smtpd_sasl_auth_enable=yes');
      expect(options).toContain('reject_sender_login_mismatch');
      expect(options).toContain('permit_sasl_authenticated, reject');
    }
    expect(at587).not.toContain('wrappermode');
    expect(at465).toContain('smtpd_tls_wrappermode=yes');
  });
});

describe('the systems', () => {
  it('have their own commands and their own firewall', async () => {
    const files = await filesFor({ ...wishesFor.domains, prefix: 'freebsd' });
    expect(files.has('firewall.nft')).toBe(false);
    expect(files.get('firewall.pf.conf')!.text).toContain(
      'block drop out quick on ! lo0 proto tcp to any port { 25, 465, 587 }',
    );
    expect(files.get('README.md')!.text).toContain('service postfix reload');
    expect(files.get('README.md')!.text).toContain('/usr/local/etc/postfix');
    const debian = await filesFor({ ...wishesFor.domains, prefix: 'debian' });
    expect(debian.get('README.md')!.text).toContain('systemctl reload postfix');
  });
});

describe('what an operator types cannot become a setting of its own:', () => {
  const pieces = [
    '\n',
    '\r',
    '\0',
    '\t',
    ' ',
    '$',
    '${x}',
    '{',
    '}',
    '#',
    '%',
    '%0a',
    ',',
    ';',
    ':',
    '=',
    '@',
    '/',
    '..',
  ];
  const odd = fc.oneof(
    fc.constantFrom(...pieces, '"', "'", '`', '\\', '\u2028', '\u00a0', '。', '\ufe52', 'ß', '\u200d', '⑩'),
    fc.string({ maxLength: 4 }),
  );
  /** Something right, with something odd put into it. */
  const bent = (good: string) =>
    fc.tuple(fc.nat({ max: good.length }), odd).map(([at, text]) => good.slice(0, at) + text + good.slice(at));

  const full = {
    ...wishesFor.mailserver,
    domains: ['example.org'],
    mailbox: ['adam@example.org'],
    hostname: 'mail.example.org',
    lmtp: 'trap.example.org:24',
    listen: ['127.0.0.1'],
    relayhost: 'smtp.example.com:587',
    maillog: '/var/log/mail.log',
    // Making a key takes longer than all the rest.
    'self-signed': false,
    'no-tls': true,
    'submission-port': 'off',
    'submissions-port': 'off',
  };
  const { mailbox: _, 'catch-all': __, relayhost: ___, ...trap } = full;

  const arbitrary = fc.oneof(
    ...(['hostname', 'lmtp', 'maillog', 'port', 'message-size'] as const).map((flag) =>
      bent({ ...full, port: '25', 'message-size': '50 MiB' }[flag]).map((text) => ({ [flag]: text })),
    ),
    bent('unix:/run/trap.sock').map((lmtp) => ({ lmtp })),
    bent('smtp.example.com:587').map((relayhost) => ({ relayhost })),
    bent('127.0.0.1').map((text) => ({ listen: [text] })),
    bent('example.org').map((text) => ({ domains: [text], mailbox: [], 'catch-all': undefined })),
    bent('adam@example.org').map((text) => ({ mailbox: [text], 'catch-all': undefined })),
  );

  const shapeOf = (files: Map<string, PlannedFile>) => {
    const main = files.get('main.cf')!.text;
    return {
      settings: [...settingsOf(main).keys()],
      references: [...main.matchAll(/\$\w*/g)].map(([name]) => name),
      services: files.get('master.cf')!.text,
      rows: ['transport', 'relay_domains', 'domains', 'outgoing'].map((name) =>
        rowsOf(files.get(name)?.text ?? '').map((row) => row.replace(/^\S+/, 'KEY').replace(/lmtp:\S+$/, 'PLACE')),
      ),
    };
  };

  it('every file keeps its shape, or there is a fault', async () => {
    const right = new Map([
      ['mailserver', shapeOf(await filesFor(full))],
      ['domains', shapeOf(await filesFor({ ...trap, mode: 'domains' }))],
    ]);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('mailserver', 'domains'), arbitrary, async (mode, bentWish) => {
        const wishes = { ...(mode === 'domains' ? trap : full), mode, ...bentWish };
        let files;
        try {
          files = await filesFor(wishes);
        } catch (error) {
          expect(error).toBeInstanceOf(Fault);
          return;
        }
        const shape = shapeOf(files);
        if ('port' in bentWish) shape.services = right.get(mode)!.services;
        expect(shape).toEqual(right.get(mode));
        for (const { text } of files.values()) expect(text).toMatch(/^[\n -~…→’]*$/);
      }),
      { numRuns: 2000 },
    );
  });
});
