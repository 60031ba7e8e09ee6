import { entries } from '../words/setting.ts';
import { amqp } from './outputs/amqp.ts';
import { hpfeeds } from './outputs/hpfeeds.ts';
import { jsonl } from './outputs/jsonl.ts';
import { maildir } from './outputs/maildir.ts';
import { nats } from './outputs/nats.ts';

/** Readers of the journal that are always there when there is something for them to do. */
export const readersOfOurs = { desk: 'probe-desk', daybook: 'daybook', collector: 'collector' } as const;

export const outputs = entries({
  about: 'Where captures go, by a name of your choice. Each output reads the journal at its own pace.',
  types: { maildir, jsonl, hpfeeds, amqp, nats },
  usual: ['maildir', 'jsonl'],
  reserved: Object.values(readersOfOurs),
});
