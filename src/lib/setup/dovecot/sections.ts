import { authentication } from './section-authentication.ts';
import { delivery } from './section-delivery.ts';
import { folders, mail } from './section-mail.ts';
import { listeners } from './section-listeners.ts';
import { place } from './section-place.ts';
import { dialects } from './dialects.ts';
import type { Section } from './settings.ts';
import type { Site } from './site.ts';
import { tls } from './section-tls.ts';

/** Everything that Dovecot is told, in the order in which to read it. */
export function sectionsFor(site: Site): Section[] {
  const dialect = dialects[site.dialect];
  return [
    place(site),
    listeners(site, dialect),
    tls(site, dialect),
    authentication(site, dialect),
    mail(site, dialect),
    folders(site),
    ...delivery(site, dialect),
  ];
}
