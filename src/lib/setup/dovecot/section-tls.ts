import { join } from 'node:path';
import type { Dialect } from './dialect.ts';
import { setting, type Entry, type Section } from './settings.ts';
import type { Site } from './site.ts';

/** The key and its certificate, where they are ours. */
export const selfSignedFile = 'tls.pem';

export function tls(site: Site, dialect: Dialect): Section {
  return { file: '10-ssl', title: 'TLS', entries: entries(site, dialect) };
}

function entries({ tls: choice, place }: Site, dialect: Dialect): readonly Entry[] {
  if (choice.is === 'none') return [setting('ssl', 'no', 'As told: nothing is encrypted.')];
  const own = join(place.folder, selfSignedFile);
  const paths = choice.is === 'files' ? choice : { cert: own, key: own };
  return [
    setting('ssl', 'required', 'No password is taken before TLS has begun, but from this machine.'),
    setting('ssl_min_protocol', 'TLSv1.2', 'Older ones are broken, and no mail program of today needs them.'),
    ...dialect.certificate(paths, 'What clients are shown.'),
  ];
}
