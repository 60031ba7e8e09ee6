import { join } from 'node:path';
import type { Settings } from '../config/schema.ts';
import type { Emit } from '../events/event.ts';
import { CertificateStore } from '../tls/certificate-store.ts';
import type { Reload } from './control/reloads.ts';

/** The certificate of a server: a given one, which is followed, or one of our own that is kept in the data directory. */
export function openCertificate(
  { dataDir, emit }: { readonly dataDir: string; readonly emit: Emit },
  { cert, key, minVersion }: Pick<Settings['relay']['tls'], 'cert' | 'key' | 'minVersion'>,
  hostname: string,
): Promise<CertificateStore> {
  return CertificateStore.open({
    folder: join(dataDir, 'tls'),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    hostname,
    minVersion,
    now: Date.now,
    notify(notice) {
      if (notice.kind === 'refused') return emit({ event: 'certificate.refused', detail: notice.detail });
      const { subject, notAfter, fingerprint256: fingerprint } = notice.facts;
      emit({ event: 'certificate.loaded', subject, notAfter, fingerprint });
    },
  });
}

export function certificateReload(certificate: CertificateStore): Reload {
  return async () => {
    const refused = await certificate.reload();
    if (refused !== undefined) throw new Error(`the one before stays: ${refused}`);
    const { subject, notAfter } = certificate.facts;
    return `${subject}, good until ${notAfter}`;
  };
}
