import { Args, Command } from '@oclif/core';
import { targetsOf, verifyFlags } from '../../verify-command.ts';

export default class VerifyPop3 extends Command {
  static override summary = 'Look at POP3 servers as a mail program does: TLS, user and pass, list, quit.';

  static override description =
    'Nothing is deleted. The exit code is 0 when all works, 3 when some servers do, 1 when none does.';

  static override strict = false;

  static override args = { host: Args.string({ description: 'HOST, HOST:PORT or [IPV6]:PORT.', required: true }) };

  static override flags = verifyFlags;

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(VerifyPop3);
    const targets = await targetsOf(argv.map(String), flags, {
      port: 995,
      implicit: 995,
      starttls: 110,
      otherwise: 'implicit',
    });
    const { pop3Steps } = await import('../../lib/assembly/verify/pop3-steps.ts');
    const { verify } = await import('../../lib/assembly/verify/verify.ts');
    process.exitCode = await verify(
      targets.map((target) => ({ subject: target.host, type: 'pop3', examination: pop3Steps(target) })),
      flags.json ? { json: 'server' } : 'steps',
    );
  }
}
