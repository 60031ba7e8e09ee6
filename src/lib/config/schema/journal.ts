import { duration, size } from '../words/amount.ts';
import { group, setting } from '../words/setting.ts';

const KiB = 2 ** 10;
const MiB = 2 ** 20;
const GiB = 2 ** 30;
const day = 24 * 60 * 60_000;

const retain = group('What stays after every output has read it. Whichever of the two is reached first counts.', {
  age: setting(duration(), { default: 7 * day, about: 'How long segments stay.' }),
  size: setting(size(), { default: 10 * GiB, about: 'How many bytes of segments stay.' }),
});

export const journal = group('The durable log of everything captured; outputs read from it.', {
  segmentSize: setting(size({ least: 4 * KiB }), {
    default: 64 * MiB,
    about: 'Size of one segment file; when it is full the next one begins.',
  }),
  retain,
  maxSize: setting(size({ least: 4 * KiB }), {
    default: 20 * GiB,
    about: 'Bytes that the whole journal may take; beyond them peers are told 452 until there is room.',
  }),
  diskFloor: setting(size(), {
    default: 512 * MiB,
    about: 'Free space that the journal leaves on its disk; below it peers are told 452 until there is room.',
  }),
  maxPending: setting(size({ least: 4 * KiB }), {
    default: 64 * MiB,
    about: 'Bytes that may wait for the disk; beyond them peers are told 452.',
  }),
  memory: setting(size({ least: 4 * KiB }), {
    default: 128 * MiB,
    about: 'Bytes of unfinished messages held in memory, over all sessions.',
  }),
  spillAt: setting(size(), {
    default: MiB,
    about: 'Size from which a message goes to a file of its own instead of memory and segment.',
  }),
});
