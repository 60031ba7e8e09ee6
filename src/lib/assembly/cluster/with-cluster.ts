import type { Settings } from '../../config/schema.ts';
import { exitCodes, Fault } from '../../errors.ts';
import { NatsLink } from '../../nats/link.ts';
import { natsAccessFrom } from '../nats-access.ts';
import { asNatsFault } from '../nats-fault.ts';

/** Does something with the cluster that is configured, as a command does: at once, and no more. */
export async function withCluster<Result>(
  settings: Pick<Settings, 'cluster'>,
  work: (link: NatsLink) => Promise<Result>,
): Promise<Result> {
  const access = await natsAccessFrom('cluster', settings.cluster, 'spamtrap');
  if (access === undefined) {
    throw new Fault('This sensor belongs to no cluster.', {
      code: 'cluster.servers',
      fix: 'Set cluster.servers in the configuration.',
      exit: exitCodes.usage,
    });
  }
  let link: NatsLink | undefined;
  try {
    link = await NatsLink.open(access, new AbortController().signal);
    return await work(link);
  } catch (error) {
    throw asNatsFault(error, access.servers.join(', '));
  } finally {
    await link?.close();
  }
}
