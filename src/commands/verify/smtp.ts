import { Args, Command, Flags } from '@oclif/core';
import { targetsOf, verifyFlags } from '../../verify-command.ts';

export default class VerifySmtp extends Command {
  static override summary =
    'Look at SMTP servers from outside: EHLO, TLS, no relay for strangers, login, and a message where one is wanted.';

  static override description =
    'A message is sent only with --to. Whether the server would relay is asked with a recipient, and no message. The ' +
    'exit code is 0 when all works, 3 when some servers do, 1 when none does.';

  static override strict = false;

  static override args = { host: Args.string({ description: 'HOST, HOST:PORT or [IPV6]:PORT.', required: true }) };

  static override flags = {
    ...verifyFlags,
    from: Flags.string({
      description: 'Sender of the message.',
      helpValue: '<address>',
      env: 'SPAMTRAP_VERIFY_FROM',
      default: 'verify@example.invalid',
    }),
    to: Flags.string({
      description: 'Send a message to this address.',
      helpValue: '<address>',
      env: 'SPAMTRAP_VERIFY_TO',
    }),
    stranger: Flags.string({
      description: 'To whom the server must not send for strangers.',
      helpValue: '<address>',
      env: 'SPAMTRAP_VERIFY_STRANGER',
      default: 'somebody@elsewhere.invalid',
    }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(VerifySmtp);
    const usual = { port: 25, implicit: 465, starttls: 25, otherwise: 'starttls' } as const;
    const targets = await targetsOf(argv.map(String), flags, usual);
    const { smtpSteps } = await import('../../lib/assembly/verify/smtp-steps.ts');
    const { smtpAddress } = await import('../../lib/assembly/verify/smtp-address.ts');
    const { verify } = await import('../../lib/assembly/verify/verify.ts');
    const wishes = {
      from: smtpAddress('--from', flags.from),
      to: flags.to === undefined ? undefined : smtpAddress('--to', flags.to),
      stranger: smtpAddress('--stranger', flags.stranger),
    };
    process.exitCode = await verify(
      targets.map((target) => ({ subject: target.host, type: 'smtp', examination: smtpSteps(target, wishes) })),
      flags.json ? { json: 'server' } : 'steps',
    );
  }
}
