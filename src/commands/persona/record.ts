import { Args, Command, Flags } from '@oclif/core';
import { recordFrom } from '../../lib/assembly/personas.ts';
import { writeNewFile } from '../../lib/setup/write-new-file.ts';

export default class PersonaRecord extends Command {
  static override summary = 'Draft a persona from any mail server that you name.';

  static override description =
    'Asks the server everything that a scanner would ask, on one connection after the other, and writes its replies, ' +
    'its delays and its patience down as a file for relay.persona. It sends no message and offers no password. Ask ' +
    'only servers that are yours, or whose owner agrees.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> mail.example.org:25 --out mine.yml',
    '<%= config.bin %> <%= command.id %> mail.example.org:465 --tls implicit --out mine.yml',
  ];

  static override args = {
    server: Args.string({ description: 'host:port, or [IPv6 address]:port', required: true, ignoreStdin: true }),
  };

  static override flags = {
    tls: Flags.option({
      options: ['starttls', 'implicit'] as const,
      description: 'Whether TLS is used where the server offers it, or begins with the first byte.',
      default: 'starttls',
      env: 'SPAMTRAP_TLS',
    })(),
    out: Flags.string({ description: 'The file to write; otherwise it is printed.', env: 'SPAMTRAP_OUT' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(PersonaRecord);
    const shows = process.stderr.isTTY;
    const asked = (done: number, all: number) => {
      if (shows) process.stderr.write(`\r${done} of ${all} questions${done === all ? '\n' : ''}`);
    };
    const text = await recordFrom(args.server, { tls: flags.tls, asked });
    if (flags.out === undefined) return void process.stdout.write(text);
    writeNewFile(flags.out, text);
    this.log(`${flags.out} is written. Read it, then start with --persona ${flags.out}`);
  }
}
