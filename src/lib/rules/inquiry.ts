import type { RuleFacts } from './facts.ts';
import { foldCase } from '../text/fold-case.ts';
import type { Mention, MentionTarget } from './mentions/mention.ts';
import type { OwnNames } from './mentions/own-names.ts';
import { triedSpellings } from './mentions/tried.ts';
import { PatternEffort } from './pattern-effort.ts';
import type { SeenSubject } from './seen-memory.ts';

/** One question to all rules of a hook, with what they would otherwise work out each for itself. */
export class Inquiry {
  readonly facts: RuleFacts;
  readonly newcomers: ReadonlySet<SeenSubject>;
  readonly effort = new PatternEffort();
  readonly #own: OwnNames;
  readonly #folded = new Map<string, string>();
  readonly #mentions = new Map<MentionTarget, Map<string, Mention | undefined>>();

  constructor(facts: RuleFacts, own: OwnNames, newcomers: ReadonlySet<SeenSubject>) {
    this.facts = facts;
    this.#own = own;
    this.newcomers = newcomers;
  }

  /** The text as it is compared where capitals do not count. */
  folded(text: string): string {
    let folded = this.#folded.get(text);
    if (folded === undefined) this.#folded.set(text, (folded = foldCase(text)));
    return folded;
  }

  /** Whether there is anything that such a target stands for. */
  knows(target: MentionTarget): boolean {
    return target === 'own-address' || target === 'own-host' || this.facts.credentials.length > 0;
  }

  mention(target: MentionTarget, text: string): Mention | undefined {
    let known = this.#mentions.get(target);
    if (!known) this.#mentions.set(target, (known = new Map()));
    if (!known.has(text)) known.set(text, this.#search(target, text));
    return known.get(text);
  }

  #search(target: MentionTarget, text: string): Mention | undefined {
    switch (target) {
      case 'own-address':
        return this.#own.addresses().find(text);
      case 'own-host':
        return this.#own.hosts().find(text);
      default:
        return triedSpellings(this.facts.credentials, target).find(text);
    }
  }
}
