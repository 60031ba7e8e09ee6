import type { ExitCode } from '../../errors.ts';
import { showSteps, type ShownAs } from '../steps/show-steps.ts';
import { examinations, type ExamineWish } from './examine.ts';

export interface FeedTestWish extends ExamineWish {
  readonly shown: ShownAs;
}

/** The whole of `spamtrap feed-test`. */
export async function feedTest({ shown, ...wish }: FeedTestWish): Promise<ExitCode> {
  return showSteps(await examinations(wish), shown);
}
