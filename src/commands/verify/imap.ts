import { Args, Command, Flags } from '@oclif/core';
import { targetsOf, verifyFlags } from '../../verify-command.ts';

export default class VerifyImap extends Command {
  static override summary =
    'Look at IMAP servers as a mail program does: TLS, login, folders, a message there and back.';

  static override description =
    'The message is put into INBOX, fetched, compared and deleted; --look-only leaves that out. The exit code is 0 when ' +
    'all works, 3 when some servers do, 1 when none does.';

  static override strict = false;

  static override args = { host: Args.string({ description: 'HOST, HOST:PORT or [IPV6]:PORT.', required: true }) };

  static override flags = {
    ...verifyFlags,
    'look-only': Flags.boolean({ description: 'Change nothing on the server.', env: 'SPAMTRAP_VERIFY_LOOK_ONLY' }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(VerifyImap);
    const targets = await targetsOf(argv.map(String), flags, {
      port: 993,
      implicit: 993,
      starttls: 143,
      otherwise: 'implicit',
    });
    const { imapSteps } = await import('../../lib/assembly/verify/imap-steps.ts');
    const { verify } = await import('../../lib/assembly/verify/verify.ts');
    const trial = flags['look-only'] ? 'looking only' : 'with a message';
    process.exitCode = await verify(
      targets.map((target) => ({ subject: target.host, type: 'imap', examination: imapSteps(target, trial) })),
      flags.json ? { json: 'server' } : 'steps',
    );
  }
}
