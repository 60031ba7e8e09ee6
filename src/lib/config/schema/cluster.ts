import { duration } from '../words/amount.ts';
import { choice } from '../words/choice.ts';
import { natsName } from '../words/nats-name.ts';
import { group, setting } from '../words/setting.ts';
import { copies, natsAccess } from './nats-access.ts';

export const cluster = group('Several sensors that know of each other, by a cluster of NATS with JetStream.', {
  ...natsAccess('none: this sensor is on its own'),
  name: setting(natsName, {
    default: 'spamtrap',
    about: 'What the sensors that belong together have in common; everything of theirs at the servers begins so.',
  }),
  replicas: copies,
  lease: setting(duration({ least: 2_000, most: 600_000 }), {
    default: 30_000,
    about:
      'How long a sensor may be silent before others take over its mailboxes. The first sensor of a cluster decides for all.',
  }),
  mailboxes: setting(choice('shared', 'own'), {
    default: 'shared',
    about: 'Whether sensors that name the same mailboxes share them, or each collects all that it names.',
  }),
  budget: setting(choice('own', 'shared'), {
    default: 'own',
    about:
      'Whether probes.budget is the limit for this sensor, or for all together. When shared, nothing is sent while the cluster cannot be asked.',
  }),
  rules: setting(choice('own', 'shared'), {
    default: 'own',
    about: 'Whether rules come from a file of this sensor, or from "spamtrap cluster rules publish" for all.',
  }),
});
