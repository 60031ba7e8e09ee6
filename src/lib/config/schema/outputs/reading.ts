import { duration, size } from '../../words/amount.ts';
import { choice, flag } from '../../words/choice.ts';
import { setting } from '../../words/setting.ts';

const GiB = 2 ** 30;

/** What the journal's dispatcher needs to know of every output, whatever its type. */
export const reading = {
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

export function required(value: boolean) {
  return setting(flag, {
    default: value,
    about: 'Whether a message in a mailbox may be marked or deleted only after this output has it.',
  });
}
