import { duration, size } from '../words/amount.ts';
import { choice, flag } from '../words/choice.ts';
import { integer } from '../words/number.ts';
import { path } from '../words/path.ts';
import { entries, group, optional, setting } from '../words/setting.ts';

const MiB = 2 ** 20;
const GiB = 2 ** 30;

/** What the journal's dispatcher needs to know of every output, whatever its type. */
const reading = {
  from: setting(choice('start', 'now'), {
    default: 'now',
    about: 'Where a new output begins: with the oldest capture in the journal, or with the next one.',
  }),
  maxLag: setting(size(), {
    default: 5 * GiB,
    about: 'Bytes by which the output may fall behind before whenBehind counts.',
  }),
  whenBehind: setting(choice('hold', 'skip'), {
    default: 'hold',
    about: 'What then happens: keep everything, in the end at the price of 452, or skip the oldest captures.',
  }),
  checkpoint: setting(duration({ least: 1 }), {
    default: 5000,
    about: 'How often the output makes its progress safe against a loss of power.',
  }),
};

function required(value: boolean) {
  return setting(flag, {
    default: value,
    about: 'Whether a message in a mailbox may be marked or deleted only after this output has it.',
  });
}

const maildir = group('A Maildir++ for Dovecot and mail clients, with one file per message.', {
  path: optional(path, {
    about: 'Folder of the Maildir.',
    words: '`<data dir>/maildir`',
    example: '/var/lib/spamtrap/maildir',
  }),
  ...reading,
  required: required(true),
});

const jsonl = group('Records as JSON lines, in files that are rotated.', {
  path: optional(path, {
    about: 'Folder of the record files.',
    words: '`<data dir>/records`',
    example: '/var/lib/spamtrap/records',
  }),
  record: setting(choice('full', 'plain'), {
    default: 'full',
    about: 'What a record holds: sha256 and msg alone (plain), or everything known of the capture (full).',
  }),
  rotateSize: setting(size({ least: 1 }), {
    default: 64 * MiB,
    about: 'Size at which the next file begins; it also begins with the day.',
  }),
  keepFiles: setting(integer({ least: 1 }), {
    default: 14,
    about: 'Files that stay; the oldest go.',
  }),
  ...reading,
  required: required(false),
});

export const outputs = entries({
  about: 'Where captures go, by a name of your choice. Each output reads the journal at its own pace.',
  types: { maildir, jsonl },
  usual: ['maildir', 'jsonl'],
});
