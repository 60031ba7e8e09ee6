import { defaultAmqp, defaultHpfeeds } from '../config/default-output.ts';
import type { Mailbox } from '../collect/mailbox.ts';
import type { Feed } from '../config/feed.ts';
import type { OutputSettings, Settings } from '../config/schema.ts';
import { exitCodes, Fault } from '../errors.ts';

type Outputs = Settings['outputs'];

/** The configured outputs, and what a feed file or a broker within the program adds to them. */
export function sensorOutputs(
  { outputs, broker }: Settings,
  feed: Feed | undefined,
  within: 'broker within' | 'no broker',
): Outputs {
  const added = feed ? { ...outputs, ...feedOutput(outputs, feed) } : outputs;
  return within === 'no broker' ? added : { ...added, ...ownFeed(added, broker.channels) };
}

/** The outputs that have to have a message before it may be touched on its server; the one of a feed file always. */
export function requiredOutputs(
  outputs: Outputs,
  feed: Feed | undefined,
  mailboxes: readonly Mailbox[],
): readonly string[] {
  const required = Object.entries(outputs).filter(([name, output]) => output.required || name === feed?.type);
  const removing = mailboxes.find(({ action }) => action.kind === 'delete' || action.kind === 'move');
  for (const [name, output] of required) {
    if (removing && 'handover' in output && output.handover === 'socket') throw nobodyConfirms(name, removing.name);
  }
  return required.map(([name]) => name);
}

function nobodyConfirms(output: string, mailbox: string): Fault {
  return new Fault(
    `Messages of ${mailbox} would be removed though nobody confirms what the output "${output}" sends.`,
    {
      code: 'collect.unconfirmed',
      fix: `Set outputs.${output}.handover to broker or stored, or afterCollect of the mailbox to none or seen.`,
      exit: exitCodes.usage,
    },
  );
}

function feedOutput(outputs: Outputs, feed: Feed): Outputs {
  if (outputs[feed.type] === undefined) return { [feed.type]: outputOf(feed) };
  throw new Fault(`The feed file is for an output "${feed.type}", and there is one in the configuration.`, {
    code: 'output.twice',
    fix: 'Leave out --feed-config, or give the configured output another name.',
    exit: exitCodes.usage,
  });
}

function outputOf(feed: Feed): OutputSettings {
  if (feed.type === 'hpfeeds') {
    const usual = defaultHpfeeds();
    const { broker, port, identity, secret, channels, tls } = feed;
    return { ...usual, broker, port, identity, secret, channels, tls: { ...usual.tls, use: tls } };
  }
  const usual = defaultAmqp();
  const { host: broker, port, vhost, ident: identity, secret, exchange, routing_key: key } = feed;
  const tls = { ...usual.tls, use: feed.tls, verify: feed.check_cert };
  return { ...usual, broker, port, vhost, identity, secret, exchange, routingKeys: [key], tls };
}

/** Whoever has a broker within gets something on it, unless an output says what. */
function ownFeed(outputs: Outputs, channels: readonly string[]): Outputs {
  const isThere = Object.values(outputs).some(({ type, broker }: OutputSettings & { broker?: string | undefined }) => {
    return type === 'hpfeeds' && broker === undefined;
  });
  if (isThere) return {};
  return { [outputs['hpfeeds'] ? 'hpfeeds-within' : 'hpfeeds']: { ...defaultHpfeeds(), channels } };
}
