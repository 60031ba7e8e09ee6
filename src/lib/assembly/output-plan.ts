import { readFileSync } from 'node:fs';
import type { OutputSettings } from '../config/schema.ts';
import { errno, exitCodes, Fault } from '../errors.ts';
import { faultOfNames } from '../hpfeeds/client/publication.ts';
import type { ClientTls } from '../net/dial.ts';

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

/** An output as it is set up in the outputs' thread: plain data, with nothing left to look up. */
export type OutputPlan = Of<'maildir'> | Of<'jsonl'> | Reached<'hpfeeds'> | Reached<'amqp'>;

export type OutputPlans = Readonly<Record<string, OutputPlan>>;

/** What the settings of outputs come to on this machine. Throws a Fault for what cannot work. */
export async function planOutputs(
  outputs: Readonly<Record<string, OutputSettings>>,
  embedded: Access | undefined,
): Promise<OutputPlans> {
  const plans: Record<string, OutputPlan> = {};
  for (const [name, settings] of Object.entries(outputs)) plans[name] = await planOutput(name, settings, embedded);
  return plans;
}

export async function planOutput(
  name: string,
  settings: OutputSettings,
  embedded: Access | undefined,
): Promise<OutputPlan> {
  switch (settings.type) {
    case 'maildir':
    case 'jsonl':
      return settings;
    case 'hpfeeds':
      return planHpfeeds(name, settings, embedded);
    case 'amqp':
      return planAmqp(name, settings);
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
