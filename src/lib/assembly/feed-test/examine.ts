import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dataDirFor } from '../../config/data-dir.ts';
import type { Feed } from '../../config/feed.ts';
import type { OutputSettings, Settings } from '../../config/schema.ts';
import { exitCodes, Fault } from '../../errors.ts';
import { nearest } from '../../text/nearest.ts';
import { printableWithin } from '../../text/printable.ts';
import { feedFiles } from '../broker-access.ts';
import { feedAccess } from '../feed-access.ts';
import { planAmqp, planHpfeeds, planNats } from '../output-plan.ts';
import { sensorOutputs } from '../sensor-outputs.ts';
import { amqpSteps } from './amqp-steps.ts';
import { folderSteps } from './folder-steps.ts';
import { natsSteps } from './nats-steps.ts';
import { hpfeedsSteps, type Trial } from './hpfeeds-steps.ts';
import type { Examination, Examined } from '../steps/step.ts';

export interface ExamineWish {
  readonly settings: Settings;
  readonly feed: Feed | undefined;
  /** Absent means all that there are. */
  readonly names: readonly string[];
  readonly publishes: Trial['publishes'];
}

/** Gets ready to try every output that is wanted. */
export async function examinations(wish: ExamineWish): Promise<Examined[]> {
  const dataDir = dataDirFor('serve', wish.settings.dataDir);
  const outputs = wantedOutputs(wish, dataDir);
  const { cluster, sensor } = wish.settings;
  const trial = { sensor: sensor.name, publishes: wish.publishes, cluster };
  const examined: Examined[] = [];
  for (const [output, settings] of Object.entries(outputs)) {
    examined.push({ subject: output, type: settings.type, ...(await examinationOf(output, settings, dataDir, trial)) });
  }
  return examined;
}

function wantedOutputs({ settings, feed, names }: ExamineWish, dataDir: string): Settings['outputs'] {
  const hasBroker = settings.broker.embed && existsSync(feedFiles(dataDir).sensor);
  const all = feed
    ? sensorOutputs({ ...settings, outputs: {} }, feed, 'no broker')
    : sensorOutputs(settings, undefined, hasBroker ? 'broker within' : 'no broker');
  if (names.length === 0) return all;
  return Object.fromEntries(names.map((name) => [name, all[name] ?? refuse(name, Object.keys(all))]));
}

function refuse(name: string, known: readonly string[]): never {
  const meant = nearest(name, known);
  throw new Fault(`There is no output called ${printableWithin(name, 64)}.`, {
    code: 'outputs.unknown',
    fix: meant ? `Did you mean ${meant}?` : `There are: ${known.join(', ') || 'none'}.`,
    exit: exitCodes.usage,
  });
}

async function examinationOf(
  name: string,
  settings: OutputSettings,
  dataDir: string,
  { cluster, ...trial }: Trial & Pick<Settings, 'cluster'>,
): Promise<Examination> {
  switch (settings.type) {
    case 'maildir':
      return folderSteps(settings.path ?? join(dataDir, 'maildir'));
    case 'jsonl':
      return folderSteps(settings.path ?? join(dataDir, 'records'));
    case 'hpfeeds': {
      const within =
        settings.broker === undefined ? await feedAccess({ file: undefined, dataDir, as: 'sensor' }) : undefined;
      return hpfeedsSteps(name, await planHpfeeds(name, settings, within?.access), trial);
    }
    case 'amqp':
      return amqpSteps(await planAmqp(name, settings), trial);
    case 'nats':
      return natsSteps(await planNats(name, settings, cluster), trial);
  }
}
