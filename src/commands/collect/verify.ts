import { Args, Command } from '@oclif/core';
import { jsonFlag } from '../../flags.ts';
import type { Verified } from '../../lib/assembly/collect/verify.ts';
import { printable } from '../../lib/text/printable.ts';
import { mailboxesMeant, mailboxFlags } from '../../mailbox-flags.ts';

export default class CollectVerify extends Command {
  static override summary = 'Hold the ledger of what was collected against the journal and against the servers.';

  static override description =
    'For each message: is in the journal what was collected, was nothing touched on the server before it was handed ' +
    'over, is gone what was deleted, and was anything lost that had been seen? Nothing is changed anywhere. The exit ' +
    'code is 1 when something does not fit, and 3 when a server could not be asked.';

  static override strict = false;

  static override args = { mailbox: Args.string({ description: 'Only these. [default: all]' }) };

  static override flags = { ...mailboxFlags, json: jsonFlag };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(CollectVerify);
    const { mailboxes, dataDir } = await mailboxesMeant(flags, argv.map(String));
    const { verifyMailboxes, verdictOf } = await import('../../lib/assembly/collect/verify.ts');
    const all: Verified[] = [];
    for await (const verified of verifyMailboxes(mailboxes, dataDir, new AbortController().signal)) {
      all.push(verified);
      this.log(flags.json ? JSON.stringify(verified) : verifiedText(verified));
    }
    process.exitCode = verdictOf(all);
  }
}

function verifiedText({ mailbox, unreachable, findings, ...figures }: Verified): string {
  const { found, kept, handedOver, acted, uncollected, retired } = figures;
  const lines = [
    `${printable(mailbox)}: ${found} seen, ${kept} collected, ${handedOver} handed over, ${acted} marked or removed, ` +
      `${uncollected} on the server and not collected` +
      (retired > 0 ? `, ${retired} older than the journal` : ''),
  ];
  if (unreachable !== null) lines.push(`  the server was not asked: ${printable(unreachable)}`);
  for (const { folder, uid, problem } of findings)
    lines.push(`  ${printable(folder)}, message ${printable(uid)}: ${problem}`);
  return lines.join('\n');
}
