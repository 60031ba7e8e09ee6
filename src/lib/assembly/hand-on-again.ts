import { exitCodes, Fault, reason, type ExitCode } from '../errors.ts';
import type { Capture } from '../capture/capture.ts';
import type { OutputSettings, Settings } from '../config/schema.ts';
import { journalEnd } from '../journal/ends.ts';
import type { JournalLayout } from '../journal/layout.ts';
import { lockDataDir } from '../journal/lock.ts';
import { origin } from '../journal/position.ts';
import { JournalReader } from '../journal/reader.ts';
import { handOn } from '../outputs/hand-on.ts';
import type { Output } from '../outputs/output.ts';
import { Quarantine } from '../outputs/quarantine.ts';
import { printableWithin } from '../text/printable.ts';
import { nearest } from '../text/nearest.ts';
import { createOutput } from './create-output.ts';
import { existingJournal } from './data-dirs.ts';
import { planOutput } from './output-plan.ts';
import { loadPersona } from './personas.ts';

export interface HandedOn {
  readonly delivered: number;
  readonly refused: readonly { readonly id: string; readonly why: string }[];
}

export interface AgainSettings {
  readonly settings: Settings;
  readonly output: string;
  readonly signal: AbortSignal;
  readonly onProgress: (done: HandedOn) => void;
}

export interface Range {
  readonly since: number;
  readonly until: number;
  /** When there are any, only these. */
  readonly ids: readonly string[];
}

const attempts = 5;
const most = 256;
const mostBytes = 4 * 2 ** 20;

/** Hands what was captured in a range of time to one output once more; its cursor stays where it is. */
export async function replay(range: Range, again: AgainSettings): Promise<HandedOn> {
  return withOutput(again, async (output, { layout }) => handAll(output, capturesIn(layout, range), again));
}

/** Hands what was set aside to its output once more. What is delivered is no longer set aside. */
export async function retryQuarantine(ids: readonly string[] | 'all', again: AgainSettings): Promise<HandedOn> {
  return withOutput(again, async (output, { dataDir }) => {
    const quarantine = new Quarantine(dataDir, again.output);
    const chosen = ids === 'all' ? quarantine.ids() : ids;
    const captures = chosen.map((id) => setAside(quarantine, id).capture);
    return handAll(output, captures, again, ({ facts }) => quarantine.remove(facts.id));
  });
}

/** One that was set aside, or a Fault that says that it is not there. */
export function setAside(quarantine: Quarantine, id: string) {
  const found = quarantine.find(id);
  if (found) return found;
  throw new Fault(`Nothing is set aside under ${printableWithin(id, 40)}.`, {
    code: 'quarantine.unknown',
    fix: '"spamtrap outputs quarantine list NAME" shows the ids that there are.',
    exit: exitCodes.usage,
  });
}

export function exitCodeOf({ delivered, refused }: HandedOn): ExitCode {
  if (refused.length === 0) return exitCodes.done;
  return delivered > 0 ? exitCodes.partly : exitCodes.failed;
}

async function withOutput(
  { settings, output: name }: AgainSettings,
  use: (output: Output, where: { dataDir: string; layout: JournalLayout }) => Promise<HandedOn>,
): Promise<HandedOn> {
  const { dataDir, layout } = existingJournal(settings.dataDir);
  const lock = lockDataDir(dataDir);
  try {
    const plan = await planOutput(name, configured(settings, name), {
      embedded: undefined,
      cluster: settings.cluster,
    });
    const { software } = loadPersona(settings.relay.persona);
    const output = createOutput(name, plan, { dataDir, sensor: settings.sensor.name, software, emit: () => undefined });
    try {
      await output.open(undefined);
      const handed = await use(output, { dataDir, layout });
      await output.checkpoint();
      return handed;
    } finally {
      await output.close();
    }
  } finally {
    lock.release();
  }
}

function configured({ outputs }: Settings, name: string): OutputSettings {
  const settings = outputs[name];
  if (settings) return settings;
  const meant = nearest(name, Object.keys(outputs));
  throw new Fault(`There is no output called ${printableWithin(name, 64)} in the configuration.`, {
    code: 'outputs.unknown',
    fix: meant ? `Did you mean ${meant}?` : 'Name the configuration with --config, and an output that stands in it.',
    exit: exitCodes.usage,
  });
}

async function handAll(
  output: Output,
  captures: Iterable<Capture>,
  { signal, onProgress }: AgainSettings,
  onDelivered: (capture: Capture) => void = () => undefined,
): Promise<HandedOn> {
  let delivered = 0;
  const refused: { id: string; why: string }[] = [];
  for (const batch of inBatches(captures)) {
    const outcomes = await handOn(output, batch, { attempts, random: Math.random, signal }).catch((error: unknown) => {
      throw gaveUp(error, signal, delivered);
    });
    await output.checkpoint();
    for (const [index, outcome] of outcomes.entries()) {
      const capture = batch[index]!;
      if (outcome.kind === 'refused') refused.push({ id: capture.facts.id, why: outcome.why });
      else {
        delivered++;
        onDelivered(capture);
      }
    }
    onProgress({ delivered, refused });
  }
  return { delivered, refused };
}

function gaveUp(error: unknown, signal: AbortSignal, delivered: number): unknown {
  if (error instanceof Fault) return error;
  if (signal.aborted) {
    return new Fault(`Interrupted; ${delivered} messages were delivered.`, {
      code: 'interrupted',
      fix: 'Call it again: what is delivered twice has the same id and hash.',
      exit: exitCodes.interrupted,
      cause: error,
    });
  }
  return new Fault(
    `The output does not take it: ${printableWithin(reason(error), 400)}. ${delivered} were delivered.`,
    {
      code: 'outputs.failed',
      fix: 'See what "spamtrap feed-test" says about it, and call this again.',
      exit: exitCodes.failed,
      cause: error,
    },
  );
}

function* capturesIn(layout: JournalLayout, { since, until, ids }: Range): Generator<Capture> {
  const end = journalEnd(layout);
  const reader = new JournalReader(layout, origin, () => end);
  const wanted = new Set(ids);
  try {
    for (let entry = reader.next(); entry !== undefined; entry = reader.next()) {
      if (entry.kind !== 'capture') continue;
      const { id, receivedAt } = entry.capture.facts;
      const at = Date.parse(receivedAt);
      if (at >= since && at < until && (wanted.size === 0 || wanted.has(id))) yield entry.capture;
    }
  } finally {
    reader.close();
  }
}

function* inBatches(captures: Iterable<Capture>): Generator<Capture[]> {
  let batch: Capture[] = [];
  let bytes = 0;
  for (const capture of captures) {
    batch.push(capture);
    bytes += capture.facts.size;
    if (batch.length < most && bytes < mostBytes) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}
