import { size } from '../../words/amount.ts';
import { choice } from '../../words/choice.ts';
import { integer } from '../../words/number.ts';
import { path } from '../../words/path.ts';
import { group, optional, setting } from '../../words/setting.ts';
import { reading, required } from './reading.ts';

const MiB = 2 ** 20;

export const jsonl = group('Records as JSON lines, in files that are rotated.', {
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
