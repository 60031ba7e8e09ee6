import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodes, Fault, reason } from '../errors.ts';
import { replaceFile } from '../files/synced.ts';
import type { Emit } from '../events/event.ts';
import type { RuleDocument } from '../rules/rule.ts';
import { compileRules, type RuleSet } from '../rules/rule-set.ts';
import { SeenMemory } from '../rules/seen-memory.ts';
import type { RuleSurroundings } from '../rules/surroundings.ts';
import { knownAddresses } from './own-addresses.ts';
import { defaultRulesText, loadRules } from './rules/rule-file.ts';
import type { Surroundings } from './sensor.ts';
import { FileWatch } from '../document/file-watch.ts';

const watchTimes = { settleMs: 200, pollMs: 60_000 };

/** The rules of a server that greets with this name. */
export function openRules({ settings, dataDir, hub, cluster, reloads }: Surroundings, hostname: string): RulesInForce {
  const { ownAddresses = [], ownHosts = [] } = settings.rules;
  const follows = settings.cluster.rules === 'shared' && cluster !== undefined;
  const file = follows ? fileOfShared(settings, dataDir) : settings.rules.file;
  const hosts = [hostname, ...ownHosts];
  const surroundings = { ownAddresses: knownAddresses(ownAddresses, Date.now), ownHosts: () => hosts, now: Date.now };
  const rules = new RulesInForce(file, surroundings, hub.emit);
  if (follows && file !== undefined) {
    const take = (text: string) => {
      replaceFile(file, text);
      rules.reload();
    };
    cluster.followRules(take, (detail) => hub.emit({ event: 'rules.refused', file, detail }));
  }
  reloads.add('rules', () => {
    rules.demandReload();
    const { revision, rules: all } = rules.current;
    return `${all.length} of ${file ?? 'the built-in ones'} in force, revision ${revision}`;
  });
  return rules;
}

/** Rules that are the same for all are kept here too, for when the cluster is out of reach. */
function fileOfShared({ rules }: Surroundings['settings'], dataDir: string): string {
  if (rules.file !== undefined) {
    throw new Fault('The rules are to be those of the cluster, and there is a file of rules.', {
      code: 'rules.twice',
      fix: 'Leave out rules.file, or set cluster.rules to own.',
      exit: exitCodes.usage,
    });
  }
  const path = join(dataDir, 'cluster-rules.yml');
  // Until some are published, those of the program hold.
  if (!existsSync(path)) replaceFile(path, defaultRulesText);
  return path;
}

/** The rules as they are now: a changed file takes the place of what held before, unless it is no good. */
export class RulesInForce {
  readonly #file: string | undefined;
  readonly #surroundings: RuleSurroundings;
  readonly #emit: Emit;
  readonly #watch: FileWatch | undefined;
  #current: RuleSet;
  #refused = '';

  constructor(file: string | undefined, surroundings: RuleSurroundings, emit: Emit) {
    this.#file = file;
    this.#surroundings = { seen: new SeenMemory(), ...surroundings };
    this.#emit = emit;
    this.#current = this.#compile(loadRules(file, 'rules.file').document);
    if (file !== undefined) this.#watch = new FileWatch([file], () => this.reload(), watchTimes);
  }

  get current(): RuleSet {
    return this.#current;
  }

  /** Throws what is wrong with them, and leaves all as it was. */
  demandReload(): void {
    const { document } = loadRules(this.#file, 'rules.file');
    if (document.revision !== this.#current.revision) this.#current = this.#compile(document);
    this.#refused = '';
  }

  reload(): void {
    try {
      this.demandReload();
    } catch (error) {
      this.#refuse(reason(error));
    }
  }

  close(): void {
    this.#watch?.close();
  }

  #compile(document: RuleDocument): RuleSet {
    const rules = compileRules(document, this.#surroundings);
    const { revision } = rules;
    this.#emit({ event: 'rules.loaded', file: this.#file ?? 'built-in', revision, rules: rules.rules.length });
    return rules;
  }

  // The file is looked at again and again, and what is wrong with it is said once.
  #refuse(detail: string): void {
    if (detail === this.#refused) return;
    this.#refused = detail;
    this.#emit({ event: 'rules.refused', file: this.#file ?? 'built-in', detail });
  }
}
