import { duration, size } from '../../words/amount.ts';
import { choice } from '../../words/choice.ts';
import { natsName, natsSubject } from '../../words/nats-name.ts';
import { integer } from '../../words/number.ts';
import { group, optional, setting } from '../../words/setting.ts';
import { copies, natsAccess } from '../nats-access.ts';
import { record } from './published.ts';
import { reading, required } from './reading.ts';

const MiB = 2 ** 20;
const GiB = 2 ** 30;
const minute = 60_000;
const day = 24 * 60 * minute;

export const nats = group('Records published to a stream of NATS JetStream, each confirmed by it.', {
  ...natsAccess('those of cluster.servers, with all that is said there'),
  stream: setting(natsName, { default: 'SPAM', about: 'The stream; it is made where there is none.' }),
  subject: setting(natsSubject, { default: 'spam.mails', about: 'Under which subject it is published.' }),
  record,
  objects: optional(natsName, {
    about: 'The object store for messages that are too long for the stream, which then gets a reference.',
    words: 'the name of the stream and `-large`',
    example: 'SPAM-large',
  }),
  replicas: copies,
  retention: setting(choice('limits', 'interest', 'workqueue'), {
    default: 'limits',
    about:
      'How long a new stream keeps a message: up to its limits, until every consumer has it, or until one has it. The latter two keep nothing for a consumer that is not there yet.',
  }),
  whenFull: setting(choice('refuse', 'dropOldest'), {
    default: 'refuse',
    about: 'What a new stream does when it is full: refuse, so that records wait in the journal, or lose its oldest.',
  }),
  maxBytes: setting(size({ least: MiB }), { default: 4 * GiB, about: 'When a new stream is full.' }),
  maxAge: setting(duration({ least: minute }), {
    default: 7 * day,
    about: 'How long a new stream, and the object store, keeps a message at most.',
  }),
  duplicateWindow: setting(duration({ least: 100 }), {
    default: 60 * minute,
    about: 'For how long a new stream knows a message again that is sent once more.',
  }),
  window: setting(integer({ least: 1, most: 10_000 }), {
    default: 256,
    about: 'Records that may be under way at once, unconfirmed.',
  }),
  maxMessage: setting(size({ least: 1024 }), {
    default: 128 * MiB,
    about: 'The longest message that is published; what is longer is set aside.',
  }),
  confirmTimeout: setting(duration({ least: 1 }), {
    default: 30_000,
    about: 'How long a record may take to be confirmed before it is sent again.',
  }),
  ...reading,
  required: required(false),
});
