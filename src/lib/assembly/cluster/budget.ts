import type { Settings } from '../../config/schema.ts';
import { exitCodes, Fault } from '../../errors.ts';
import { Bucket, isConflict } from '../../nats/bucket.ts';
import { NatsLink } from '../../nats/link.ts';
import { day } from '../../probe/budget/limits.ts';
import {
  booksKey,
  nobodyToAsk,
  SharedBudget,
  type Allowance,
  type SharedBooks,
} from '../../probe/budget/shared-budget.ts';
import { isoTime } from '../../text/time.ts';
import { limitsOf, type BudgetPlace, type ProbeSettings } from '../desk-settings.ts';
import { copiesFrom, natsAccessFrom } from '../nats-access.ts';
import { withCluster } from './with-cluster.ts';

/** Undefined where each sensor has its own. */
export async function budgetPlace({ cluster, sensor }: Settings): Promise<BudgetPlace | undefined> {
  if (cluster.budget === 'own') return undefined;
  const access = await natsAccessFrom('cluster', cluster, `spamtrap ${sensor.name}, budget`);
  if (access) return { access, ...bucketOf(cluster) };
  throw new Fault('The budget is to be shared, and there is no cluster.', {
    code: 'cluster.servers',
    fix: 'Set cluster.servers, or cluster.budget to own.',
    exit: exitCodes.usage,
  });
}

export function allowanceAt(place: BudgetPlace | undefined, probes: ProbeSettings, closing: AbortSignal): Allowance {
  if (place === undefined) return nobodyToAsk;
  let link: NatsLink | undefined;
  closing.addEventListener('abort', () => void link?.close(), { once: true });
  const open = async () => {
    if (link === undefined || link.fault !== undefined) link = await NatsLink.open(place.access, closing);
    return Bucket.use<SharedBooks>(link, { name: place.bucket, replicas: place.replicas });
  };
  return new SharedBudget(open, limitsOf(probes));
}

/** What nobody could tell before: whether anything was sent in the last day. */
export type Before = 'may have been sent' | 'nothing was sent';

/** Makes the budget of all; from then on sensors may send, when they may. */
export function beginBudget(settings: Settings, before: Before): Promise<string> {
  return withCluster(settings, async (link) => {
    const { bucket: name, replicas } = bucketOf(settings.cluster);
    const bucket = await Bucket.use<SharedBooks>(link, { name, replicas });
    const spentUntil = before === 'nothing was sent' ? 0 : (await bucket.now()) + day;
    try {
      await bucket.create(booksKey, { attempts: [], spentUntil });
    } catch (error) {
      if (isConflict(error)) throw already();
      throw error;
    }
    return spentUntil === 0
      ? 'The budget of all sensors begins, with nothing used.'
      : `The budget of all sensors begins, and counts as spent until ${isoTime(spentUntil)}.`;
  });
}

function bucketOf(cluster: Settings['cluster']) {
  return { bucket: `${cluster.name}-budget`, replicas: copiesFrom(cluster) };
}

function already(): Fault {
  return new Fault('There is a budget of all sensors already.', {
    code: 'budget.exists',
    fix: 'It goes on as it is; "spamtrap cluster status" shows what is used of it.',
    exit: exitCodes.usage,
  });
}
