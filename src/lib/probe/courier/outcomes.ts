import { printableWithin } from '../../text/printable.ts';
import type { RecipientOutcome } from '../desk/settle.ts';
import type { RelayReport } from '../relay/report.ts';
import { replyText } from '../relay/reply.ts';
import type { RelayJob } from '../relay-job.ts';

/** What a report says of each recipient of the job. Whoever it does not name, nobody can tell about. */
export function outcomesOf({ to }: RelayJob, report: RelayReport): RecipientOutcome[] {
  return to.map((sentTo) => {
    const named = report.recipients.find(({ address }) => address === sentTo);
    const state = stateOf(report.outcome, named?.accepted);
    // Of one that was taken the last word counts, which has the name of the message there.
    const said = state === 'refused' ? (named?.reply ?? report.reply) : (report.reply ?? named?.reply);
    const reply = said && replyText(said);
    return { sentTo, state, reason: reasonFor(state, report, reply), ...(reply !== undefined && { reply }) };
  });
}

function stateOf(outcome: RelayReport['outcome'], accepted: boolean | undefined): RecipientOutcome['state'] {
  // Refused at RCPT is known, whatever happened to the rest of the conversation.
  if (accepted === false && outcome !== 'unreachable') return 'refused';
  if (outcome === 'relayed' && accepted === undefined) return 'uncertain';
  return outcome;
}

function reasonFor(state: RecipientOutcome['state'], report: RelayReport, reply: string | undefined): string {
  const server = printableWithin(report.server?.host ?? 'the server', 100);
  const words = printableWithin(reply ?? report.why, 300);
  const said = words === '' ? '' : `: ${words}`;
  switch (state) {
    case 'relayed':
      return `${server} took it${said}`;
    case 'refused':
      return report.server ? `${server} refused it${said}` : printableWithin(report.why, 300);
    case 'unreachable':
      return `no server could be reached${said}`;
    case 'uncertain':
      return `nobody can tell whether ${server} took it${said}; it is never sent again`;
  }
}

/** The same end for all recipients of a job that no server was asked about. */
export function notSent({ to }: RelayJob, reason: string): RecipientOutcome[] {
  return to.map((sentTo) => ({ sentTo, state: 'refused', reason }));
}
