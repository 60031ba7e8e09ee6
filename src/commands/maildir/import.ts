import { Args, Command } from '@oclif/core';
import { configFlag, dataDirFlags, flagTexts, jsonFlag } from '../../flags.ts';
import { dataDirFor } from '../../lib/config/data-dir.ts';
import { loadConfig } from '../../lib/config/load.ts';
import { exitCodes } from '../../lib/errors.ts';

export default class MaildirImport extends Command {
  static override summary = 'Take what lies in a maildir, such as that of FakeOpenSmtpRelay, into the journal, once.';

  static override description =
    'All folders are read and nothing in them is changed. X-Peer, X-MailFrom and X-RcptTo are kept as hints: they can be ' +
    'searched, and are no envelope, because a sender can write them too. What was taken before is passed over. No sensor ' +
    'may run in the data directory meanwhile.';

  static override examples = [
    '<%= config.bin %> <%= command.id %> ~/FakeOpenSmtpRelay/Maildir --data-dir /var/lib/spamtrap',
  ];

  static override args = { path: Args.string({ description: 'The maildir.', required: true }) };

  static override flags = { ...dataDirFlags, config: configFlag, json: jsonFlag };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(MaildirImport);
    const { settings } = loadConfig({ config: flags.config, flags: flagTexts(flags, { 'data-dir': 'dataDir' }) });
    const { importMaildir } = await import('../../lib/assembly/maildirs/import-maildir.ts');
    const stop = new AbortController();
    process.once('SIGINT', () => stop.abort());
    process.once('SIGTERM', () => stop.abort());
    const done = await importMaildir({
      settings,
      dataDir: dataDirFor('serve', settings.dataDir),
      path: args.path,
      signal: stop.signal,
      tell: (taken) => this.logToStderr(`${taken} messages so far`),
    });
    if (flags.json) this.log(JSON.stringify(done));
    else this.log(`${done.taken} messages were taken${done.left > 0 ? `, ${done.left} files were left` : ''}.`);
    if (stop.signal.aborted) process.exitCode = exitCodes.interrupted;
    else if (done.left > 0) process.exitCode = exitCodes.partly;
  }
}
