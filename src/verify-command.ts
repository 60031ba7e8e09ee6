import { Flags } from '@oclif/core';
import { jsonFlag } from './flags.ts';
import type { Given, UsualPorts } from './lib/assembly/verify/read-targets.ts';
import type { Target } from './lib/assembly/verify/target.ts';

// What the commands that look at a server from outside have in common.

function variable(flag: string): string {
  return `SPAMTRAP_VERIFY_${flag.toUpperCase().replaceAll('-', '_')}`;
}

export const verifyFlags = {
  port: Flags.string({
    description: 'Port, where it is not the usual one.',
    helpValue: '<port>',
    env: variable('port'),
  }),
  tls: Flags.string({
    description: 'When TLS begins. [default: as usual at that port]',
    options: ['implicit', 'starttls', 'none'],
    env: variable('tls'),
  }),
  user: Flags.string({ description: 'As whom to log in.', helpValue: '<name>', env: variable('user') }),
  'password-file': Flags.string({
    description: 'File that holds the password, and only that.',
    helpValue: '<file>',
    env: variable('password-file'),
  }),
  'password-stdin': Flags.boolean({
    description: 'Read the password from standard input.',
    exclusive: ['password-file'],
    env: variable('password-stdin'),
  }),
  ca: Flags.string({
    description: 'Certificates of those whose word counts, instead of the system’s.',
    helpValue: '<file>',
    env: variable('ca'),
  }),
  insecure: Flags.boolean({
    description: 'Take every certificate, and send the password nevertheless.',
    env: variable('insecure'),
  }),
  json: jsonFlag,
};

/** What is named on the command line, one for each host. */
export async function targetsOf(hosts: readonly string[], given: Given, usual: UsualPorts): Promise<readonly Target[]> {
  const { readTargets } = await import('./lib/assembly/verify/read-targets.ts');
  return readTargets(hosts, given, usual);
}
