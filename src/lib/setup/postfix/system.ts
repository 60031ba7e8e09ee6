/** Where Postfix is at home, and how it is told of changes there. */
export interface System {
  readonly name: SystemName;
  readonly configuration: string;
  /** Certificates of the authorities that the system trusts. */
  readonly authorities: string;
  readonly reload: string;
  /** Needed where addresses or ports to listen on have changed. */
  readonly restart: string;
  readonly install: string;
}

export const systemNames = ['debian', 'freebsd'] as const;

export type SystemName = (typeof systemNames)[number];

export const systems: Readonly<Record<SystemName, System>> = {
  debian: {
    name: 'debian',
    configuration: '/etc/postfix',
    authorities: '/etc/ssl/certs/ca-certificates.crt',
    reload: 'systemctl reload postfix',
    restart: 'systemctl restart postfix',
    install: 'apt-get install postfix libsasl2-modules swaks libnet-ssleay-perl',
  },
  freebsd: {
    name: 'freebsd',
    configuration: '/usr/local/etc/postfix',
    authorities: '/etc/ssl/cert.pem',
    reload: 'service postfix reload',
    restart: 'service postfix restart',
    install: 'pkg install postfix swaks && sysrc postfix_enable=YES sendmail_enable=NONE',
  },
};
