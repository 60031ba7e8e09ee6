/** Where Dovecot is at home, and how it is told of changes there. */
export interface System {
  readonly name: SystemName;
  readonly configuration: string;
  readonly mailSpool: string;
  readonly postfixQueue: string;
  readonly reload: string;
  readonly restart: string;
  readonly install: string;
}

export const systemNames = ['debian', 'freebsd'] as const;

export type SystemName = (typeof systemNames)[number];

export const systems: Readonly<Record<SystemName, System>> = {
  debian: {
    name: 'debian',
    configuration: '/etc/dovecot',
    mailSpool: '/var/mail',
    postfixQueue: '/var/spool/postfix',
    reload: 'systemctl reload dovecot',
    restart: 'systemctl restart dovecot',
    install: 'apt-get install dovecot-imapd dovecot-pop3d dovecot-lmtpd dovecot-sieve',
  },
  freebsd: {
    name: 'freebsd',
    configuration: '/usr/local/etc/dovecot',
    mailSpool: '/var/mail',
    postfixQueue: '/var/spool/postfix',
    reload: 'service dovecot reload',
    restart: 'service dovecot restart',
    install: 'pkg install dovecot dovecot-pigeonhole && sysrc dovecot_enable=YES',
  },
};
