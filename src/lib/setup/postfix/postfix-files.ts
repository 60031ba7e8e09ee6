import { operatorsFile, ourFile, type PlannedFile } from '../planned-file.ts';
import { selfSigned } from '../../tls/self-signed.ts';
import { composeYml } from './compose-yml.ts';
import { dnsRecords } from './dns-records.ts';
import { iptablesScript, nftRules, pfRules } from './firewall.ts';
import { mainCf, selfSignedFile } from './main-cf.ts';
import {
  aliasesMap,
  domainsMap,
  mailboxesMap,
  outgoingMap,
  passwordMap,
  senderLoginsMap,
  transportMap,
} from './maps.ts';
import { masterCf } from './master-cf.ts';
import { readme } from './readme.ts';
import type { MailServer, Site } from './site.ts';

/** Everything for one Postfix. The maps come before the files that name them. */
export async function postfixFiles(site: Site, now: Date): Promise<PlannedFile[]> {
  return [
    ...maps(site),
    ...(site.tls.is === 'self-signed' ? [await certificate(site, now)] : []),
    ourFile('master.cf', masterCf(site)),
    ourFile('main.cf', mainCf(site)),
    ...firewall(site),
    ourFile('DNS.txt', dnsRecords(site)),
    ourFile('compose.yml', composeYml(site)),
    ourFile('README.md', readme(site)),
  ];
}

function maps(site: Site): PlannedFile[] {
  switch (site.mode) {
    case 'domains':
      return [ourFile('transport', transportMap(site)), ourFile('relay_domains', domainsMap(site))];
    case 'blackhole':
      return [ourFile('transport', transportMap(site))];
    case 'mailserver':
      return [
        operatorsFile('domains', domainsMap(site)),
        operatorsFile('mailboxes', mailboxesMap(site)),
        operatorsFile('virtual_aliases', aliasesMap(site)),
        operatorsFile('sender_logins', senderLoginsMap(site)),
        ...relayhostMaps(site),
      ];
  }
}

function relayhostMaps(site: MailServer): PlannedFile[] {
  const { relayhost } = site;
  if (relayhost === undefined) return [];
  return [
    operatorsFile('outgoing', outgoingMap(site)),
    {
      name: 'sasl_passwd',
      text: passwordMap(site, relayhost),
      access: 'owner',
      upkeep: relayhost.login ? 'ours' : 'operator',
    },
  ];
}

async function certificate(site: Site, now: Date): Promise<PlannedFile> {
  // Made once: a certificate that changes with each call would be a change each time.
  const { key, cert } = await selfSigned(site.hostname, now.getTime());
  return { name: selfSignedFile, text: `${key}${cert}`, access: 'owner', upkeep: 'operator' };
}

function firewall(site: Site): PlannedFile[] {
  if (site.system.name === 'freebsd') return [ourFile('firewall.pf.conf', pfRules(site))];
  return [
    ourFile('firewall.nft', nftRules(site)),
    { ...ourFile('firewall.iptables.sh', iptablesScript(site)), access: 'program' },
  ];
}
