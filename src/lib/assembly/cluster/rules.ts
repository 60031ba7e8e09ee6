import { readFileSync } from 'node:fs';
import { rulesKey } from '../../cluster/rules-for-all.ts';
import { lookAtShelves, useRules } from '../../cluster/shelves.ts';
import type { Settings } from '../../config/schema.ts';
import { isoTime } from '../../text/time.ts';
import { copiesFrom } from '../nats-access.ts';
import { operator } from '../operator.ts';
import { loadRules } from '../rules/rule-file.ts';
import { withCluster } from './with-cluster.ts';

export interface PublishedRules {
  readonly version: number;
  /** As each sensor that follows them will report it. */
  readonly revision: string;
  readonly rules: number;
}

/** Publishes a file of rules for all sensors that follow; throws what is wrong with it, and publishes nothing then. */
export function publishRules(settings: Settings, file: string): Promise<PublishedRules> {
  const { document, rules } = loadRules(file, 'the command line');
  const text = readFileSync(file, 'utf8');
  return withCluster(settings, async (link) => {
    const { cluster } = settings;
    const bucket = await useRules(link, { name: cluster.name, replicas: copiesFrom(cluster) });
    const published = { text, publishedAt: isoTime(Date.now()), by: operator() };
    const version = await bucket.put(rulesKey, published);
    return { version, revision: document.revision, rules: rules.length };
  });
}

/** The text of the rules that are published; undefined where there are none. */
export function publishedRules(settings: Settings): Promise<string | undefined> {
  return withCluster(settings, async (link) => {
    const { rules } = await lookAtShelves(link, settings.cluster.name);
    return (await rules.get(rulesKey))?.value.text;
  });
}
