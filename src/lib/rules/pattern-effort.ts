// One instruction of a pattern at one character takes 20 ns when nothing can be remembered: two seconds at the very
// worst, which takes a pattern made for it. Usually it is a hundredth of that.
const mostSteps = 100e6;

/** What all patterns together may cost for one message. */
export class PatternEffort {
  #left = mostSteps;
  #unasked = 0;

  /** How many patterns were not asked any more. */
  get unasked(): number {
    return this.#unasked;
  }

  /** Whether so many characters may still be shown to a pattern of so many instructions. */
  allows(characters: number, instructions: number): boolean {
    this.#left -= characters * instructions;
    if (this.#left >= 0) return true;
    this.#unasked++;
    return false;
  }
}
