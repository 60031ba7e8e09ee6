import { readFileSync } from 'node:fs';
import type { OutputSettings, Settings } from '../config/schema.ts';
import { errno, exitCodes, Fault } from '../errors.ts';
import { faultOfNames } from '../hpfeeds/client/publication.ts';
import type { NatsAccess } from '../nats/access.ts';
import type { StreamWish } from '../nats/stream.ts';
import type { ClientTls } from '../net/dial.ts';
import { copiesFrom, natsAccessFrom } from './nats-access.ts';

type Of<Type extends OutputSettings['type']> = Extract<OutputSettings, { type: Type }>;

/** Who publishes where; the secret in clear. */
export interface Access {
  readonly host: string;
  readonly port: number;
  readonly tls: ClientTls | undefined;
  readonly ident: string;
  readonly secret: string;
}

type Reached<Type extends 'hpfeeds' | 'amqp'> = Omit<Of<Type>, 'broker' | 'port' | 'identity' | 'secret' | 'tls'> & {
  readonly access: Access;
};

export type NatsPlan = Pick<
  Of<'nats'>,
  ReadingKey | 'type' | 'subject' | 'record' | 'maxMessage' | 'window' | 'required'
> & {
  readonly access: NatsAccess;
  readonly stream: StreamWish;
  readonly objects: string;
  readonly confirmMs: number;
};

type ReadingKey = 'from' | 'maxLag' | 'whenBehind' | 'checkpoint';

/** An output as it is set up in the outputs' thread: plain data, with nothing left to look up. */
export type OutputPlan = Of<'maildir'> | Of<'jsonl'> | Reached<'hpfeeds'> | Reached<'amqp'> | NatsPlan;

export type OutputPlans = Readonly<Record<string, OutputPlan>>;

/** What the settings of outputs come to on this machine. Throws a Fault for what cannot work. */
export async function planOutputs(
  outputs: Readonly<Record<string, OutputSettings>>,
  beside: Beside,
): Promise<OutputPlans> {
  const plans: Record<string, OutputPlan> = {};
  for (const [name, settings] of Object.entries(outputs)) plans[name] = await planOutput(name, settings, beside);
  return plans;
}

/** What outputs may rely on that say nothing else. */
export interface Beside {
  /** The broker within the program. */
  readonly embedded: Access | undefined;
  readonly cluster: Settings['cluster'];
}

export async function planOutput(
  name: string,
  settings: OutputSettings,
  { embedded, cluster }: Beside,
): Promise<OutputPlan> {
  switch (settings.type) {
    case 'maildir':
    case 'jsonl':
      return settings;
    case 'hpfeeds':
      return planHpfeeds(name, settings, embedded);
    case 'amqp':
      return planAmqp(name, settings);
    case 'nats':
      return planNats(name, settings, cluster);
  }
}

export async function planHpfeeds(
  name: string,
  settings: Of<'hpfeeds'>,
  embedded: Access | undefined,
): Promise<Reached<'hpfeeds'>> {
  const access = settings.broker === undefined ? ours(name, embedded) : await theirs(name, settings, settings.broker);
  for (const channel of settings.channels) refuseNames(name, faultOfNames(access.ident, channel));
  return { ...withoutAccess(settings), access };
}

export async function planAmqp(name: string, settings: Of<'amqp'>): Promise<Reached<'amqp'>> {
  const { tls, broker: host, port = tls.use ? 5671 : 5672, identity: ident, secret } = settings;
  const access = { host, port, tls: tlsOf(name, tls), ident, secret: (await secret?.resolve()) ?? '' };
  return { ...withoutAccess(settings), access };
}

export async function planNats(name: string, settings: Of<'nats'>, cluster: Settings['cluster']): Promise<NatsPlan> {
  const access =
    (await natsAccessFrom(`outputs.${name}`, settings, name)) ?? (await natsAccessFrom('cluster', cluster, name));
  if (access === undefined) throw nowhere(name);
  const { type, stream, subject, record, objects = `${stream}-large`, maxMessage, window, confirmTimeout } = settings;
  const { from, maxLag, whenBehind, checkpoint, required, retention, whenFull, maxBytes } = settings;
  return {
    type,
    access,
    subject,
    record,
    objects,
    maxMessage,
    window,
    confirmMs: confirmTimeout,
    from,
    maxLag,
    whenBehind,
    checkpoint,
    required,
    stream: {
      name: stream,
      subjects: [subject],
      replicas: copiesFrom(settings),
      retention,
      whenFull,
      maxBytes,
      maxAgeMs: settings.maxAge,
      duplicateMs: settings.duplicateWindow,
    },
  };
}

function nowhere(name: string): Fault {
  return new Fault(`The output "${name}" has no server.`, {
    code: 'output.servers',
    fix: `Set outputs.${name}.servers, or cluster.servers.`,
    exit: exitCodes.usage,
  });
}

function withoutAccess<Settings extends Of<'hpfeeds'> | Of<'amqp'>>(
  settings: Settings,
): Omit<Settings, 'broker' | 'port' | 'identity' | 'secret' | 'tls'> {
  const { broker: _broker, port: _port, identity: _identity, secret: _secret, tls: _tls, ...rest } = settings;
  return rest;
}

function ours(name: string, embedded: Access | undefined): Access {
  if (embedded) return embedded;
  throw new Fault(`The output "${name}" has no broker.`, {
    code: 'output.broker',
    fix: `Set outputs.${name}.broker, identity and secret; only "serve" has a broker within it.`,
    exit: exitCodes.usage,
  });
}

async function theirs(name: string, { port, identity, secret, tls }: Of<'hpfeeds'>, host: string): Promise<Access> {
  if (identity !== undefined && secret !== undefined) {
    return { host, port, tls: tlsOf(name, tls), ident: identity, secret: await secret.resolve() };
  }
  throw new Fault(`The output "${name}" does not say who publishes at ${host}.`, {
    code: 'output.identity',
    fix: `Set outputs.${name}.identity and outputs.${name}.secret as the broker knows them.`,
    exit: exitCodes.usage,
  });
}

function refuseNames(name: string, fault: string | undefined): void {
  if (fault === undefined) return;
  throw new Fault(`The output "${name}" cannot publish: ${fault}.`, {
    code: 'output.names',
    fix: `Shorten outputs.${name}.identity or the channel.`,
    exit: exitCodes.usage,
  });
}

function tlsOf(name: string, { use, verify, ca, pins, serverName }: Of<'hpfeeds'>['tls']): ClientTls | undefined {
  if (!use) return undefined;
  return { ca: ca === undefined ? undefined : certificatesIn(name, ca), pins, verify, serverName };
}

function certificatesIn(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Fault(`The certificates ${path} of the output "${name}" cannot be read (${errno(error)}).`, {
      code: 'output.ca',
      fix: `Check outputs.${name}.tls.ca and the permissions of the file.`,
      exit: exitCodes.usage,
      cause: error,
    });
  }
}
