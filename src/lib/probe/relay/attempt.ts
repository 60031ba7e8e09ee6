import { isoTime } from '../../text/time.ts';
import { holdConversation, type ConnectionMeans } from './connection.ts';
import { Conversation, type Transaction } from './conversation.ts';
import type { Endpoint } from './endpoint.ts';
import { replyText, type Reply } from './reply.ts';
import type { AttemptReport } from './report.ts';
import type { Verdict } from './verdict.ts';

export interface AttemptMeans extends ConnectionMeans {
  readonly now: () => number;
}

export interface Attempt {
  readonly report: AttemptReport;
  readonly verdict: Verdict;
  /** What was said to the recipients, in their order. */
  readonly answers: readonly Reply[];
}

/** Offers a message to one server, on one connection. */
export async function attempt(
  server: Endpoint,
  transaction: Transaction,
  content: Buffer,
  means: AttemptMeans,
): Promise<Attempt> {
  const started = means.now();
  const conversation = new Conversation(transaction);
  const { verdict, ...facts } = await holdConversation(conversation, content, server, means);
  const { answers, tlsRefusal, farewell } = conversation;
  const report: AttemptReport = {
    at: isoTime(started),
    ms: means.now() - started,
    ...server,
    result: verdict.is,
    why: 'reply' in verdict ? replyText(verdict.reply) : verdict.why,
    ...facts,
    ...('reply' in verdict && { reply: verdict.reply }),
    ...(tlsRefusal && { tlsRefusal }),
    ...(farewell && { quit: farewell }),
  };
  return { report, verdict, answers };
}
