import { hostname } from 'node:os';
import { selfSigned } from '../../tls/self-signed.ts';
import { operatorsFile, ourFile, type PlannedFile } from '../planned-file.ts';
import { dialects } from './dialects.ts';
import { schema, sqlSettings } from './queries.ts';
import { readme } from './readme.ts';
import { sectionText } from './render.ts';
import { sectionsFor } from './sections.ts';
import { userFile, userSource } from './section-authentication.ts';
import { sieveFile, sieveScript } from './section-delivery.ts';
import { selfSignedFile } from './section-tls.ts';
import type { Section } from './settings.ts';
import type { Site, UserSource } from './site.ts';
import { userLine } from './user-file.ts';

export interface Making {
  readonly now: Date;
  /** Of the first user, where there is one. */
  readonly hash: string | undefined;
  /** The group that may read what is for Dovecot alone; undefined where the owner himself runs it. */
  readonly group: number | undefined;
}

/** Everything for one Dovecot. What is named by the configuration comes before it. */
export async function dovecotFiles(site: Site, making: Making): Promise<PlannedFile[]> {
  const source = userSource(site, dialects[site.dialect]);
  return [
    ...userFiles(site, source, making),
    ...(site.tls.is === 'self-signed' ? [await certificate(making.now)] : []),
    ...(site.mode === 'mailserver' ? [ourFile(sieveFile, sieveScript)] : []),
    ...configuration(site, source, making),
    ourFile('README.md', readme(site)),
  ];
}

function userFiles(site: Site, source: UserSource, { hash, group }: Making): PlannedFile[] {
  switch (source.kind) {
    case 'pam':
      return [];
    case 'file': {
      const first = site.user !== undefined && hash !== undefined ? userLine(site.user, hash) : '';
      return [secret({ ...operatorsFile(userFile, `${userHead}${first}`) }, group)];
    }
    case 'sql':
      return [
        operatorsFile('users.sql', schema(source.database.kind)),
        ...(site.dialect === '2.3'
          ? [secret(ourFile('dovecot-sql.conf.ext', `${madeBy(site)}${sqlSettings(source)}`), group)]
          : []),
      ];
  }
}

function configuration(site: Site, source: UserSource, { group }: Making): PlannedFile[] {
  const sections = sectionsFor(site);
  const opening = sectionText({ file: '', title: 'Which language this is.', entries: dialects[site.dialect].opening });
  const head = dialects[site.dialect].opening.length === 0 ? madeBy(site) : `${madeBy(site)}${opening}\n`;
  const holdsPassword = source.kind === 'sql' && source.database.kind !== 'sqlite' && site.dialect === '2.4';
  const file = (name: string, text: string) =>
    holdsPassword ? secret(ourFile(name, text), group) : ourFile(name, text);
  if (site.layout === 'single') {
    return [file('dovecot.conf', `${head}${sections.map((section) => `\n${sectionText(section)}`).join('')}`)];
  }
  const path = ({ file: name }: Section) => `conf.d/${name}.conf`;
  return [
    ...sections.map((section) => file(path(section), `${madeBy(site)}\n${sectionText(section)}`)),
    // By name: what else lies in conf.d is not ours.
    ourFile('dovecot.conf', `${head}\n${sections.map((section) => `!include ${path(section)}\n`).join('')}`),
  ];
}

function secret(file: PlannedFile, group: number | undefined): PlannedFile {
  return group === undefined ? { ...file, access: 'owner' } : { ...file, access: 'group', group };
}

async function certificate(now: Date): Promise<PlannedFile> {
  // Made once: a certificate that changes with each call would be a change each time.
  const { key, cert } = await selfSigned(hostname(), now.getTime());
  return { name: selfSignedFile, text: `${key}${cert}`, access: 'owner', upkeep: 'operator' };
}

function madeBy({ mode }: Site): string {
  return `# Made by "spamtrap setup-dovecot --mode ${mode}", which replaces this file when it is called again and keeps a
# backup of what it replaces. Change it with the flags of that command.
`;
}

const userHead = `# Yours to edit: "spamtrap setup-dovecot" makes this file once and never touches it again. "spamtrap mail user" edits
# it for you. A user on each line: the name, and a hash of the password.
`;
