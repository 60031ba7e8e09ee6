import type { StreamInfo } from '@nats-io/jetstream';
import type { NatsLink } from './link.ts';
import { NatsFault, natsFaultOf } from './nats-fault.ts';

/** How a stream is made where there is none. */
export interface StreamWish {
  readonly name: string;
  readonly subjects: readonly string[];
  /** Copies, each on a server of its own; undefined means three where the server is one of many. */
  readonly replicas: number | undefined;
  readonly retention: 'limits' | 'interest' | 'workqueue';
  /** What a full stream does: refuse what comes, or drop its oldest. */
  readonly whenFull: 'refuse' | 'dropOldest';
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  /** For so long the same message id is taken once. */
  readonly duplicateMs: number;
}

/** A stream as it is, and what of it is not as it should be. */
export interface Found {
  readonly info: StreamInfo;
  readonly doubts: readonly string[];
}

const perMs = 1_000_000;
/** That of the API: the stream is not there. */
const notFound = 10_059;
/** Somebody else has made one of that name meanwhile, with other settings. */
const nameInUse = 10_058;

/** The stream of that name, made when it is not there. One that is there is taken as its operator made it. */
export async function useStream(link: NatsLink, wish: StreamWish): Promise<Found> {
  const info = (await infoOf(link, wish.name)) ?? (await make(link, wish));
  const uncovered = wish.subjects.filter((subject) => !info.config.subjects.some((each) => covers(each, subject)));
  if (uncovered.length > 0) {
    const takes = info.config.subjects.join(', ');
    throw new NatsFault('stream', `the stream ${wish.name} does not take ${uncovered.join(', ')}, only ${takes}`);
  }
  return { info, doubts: doubtsOf(info, wish) };
}

export async function infoOf({ manager }: NatsLink, name: string): Promise<StreamInfo | undefined> {
  try {
    return await manager.streams.info(name);
  } catch (error) {
    if (codeOf(error) === notFound) return undefined;
    throw natsFaultOf(error, `the stream ${name} cannot be asked for`);
  }
}

async function make(link: NatsLink, wish: StreamWish): Promise<StreamInfo> {
  const { name, subjects, retention, whenFull, maxBytes, maxAgeMs, duplicateMs } = wish;
  try {
    return await link.manager.streams.add({
      name,
      subjects: [...subjects],
      num_replicas: copiesFor(link, wish.replicas),
      storage: 'file',
      retention,
      discard: whenFull === 'refuse' ? 'new' : 'old',
      max_bytes: maxBytes,
      max_age: maxAgeMs * perMs,
      duplicate_window: Math.min(duplicateMs, maxAgeMs) * perMs,
    });
  } catch (error) {
    const info = codeOf(error) === nameInUse ? await infoOf(link, name) : undefined;
    if (info) return info;
    throw natsFaultOf(error, `the stream ${name} cannot be made`);
  }
}

/** The longest message that the stream takes, with its headers. */
export function longestFor(link: NatsLink, { config }: StreamInfo): number {
  return config.max_msg_size > 0 ? Math.min(config.max_msg_size, link.longest) : link.longest;
}

/** How long it keeps a message; undefined means for ever. */
export function maxAgeOf({ config }: StreamInfo): number | undefined {
  return config.max_age > 0 ? config.max_age / perMs : undefined;
}

/** Three where there can be three: two of them say that something is stored, and one may be away. */
export function copiesFor(link: NatsLink, replicas: number | undefined): number {
  return replicas ?? (link.isOneOfMany ? 3 : 1);
}

function doubtsOf({ config }: StreamInfo, { duplicateMs, maxAgeMs, whenFull, replicas }: StreamWish): string[] {
  const wanted = Math.min(duplicateMs, maxAgeMs) * perMs;
  return [
    ...(config.storage === 'memory' ? ['it is kept in memory: what it has confirmed goes with its servers'] : []),
    ...(config.no_ack ? ['it confirms nothing: nothing can be handed over to it'] : []),
    ...(config.sealed ? ['it is sealed: it takes nothing'] : []),
    ...(config.discard === 'old' && whenFull === 'refuse'
      ? ['it drops its oldest messages when it is full, read or not']
      : []),
    ...(config.duplicate_window < wanted
      ? [`it knows a message again for ${config.duplicate_window / perMs / 1000} s only: repeated ones may count twice`]
      : []),
    ...(replicas !== undefined && config.num_replicas < replicas
      ? [`it keeps ${config.num_replicas} of the ${replicas} copies that are wanted`]
      : []),
  ];
}

/** Whether a pattern of subjects takes a subject, or all that a narrower pattern takes. */
function covers(pattern: string, subject: string): boolean {
  const wanted = subject.split('.');
  const tokens = pattern.split('.');
  for (const [index, token] of tokens.entries()) {
    if (token === '>') return wanted.length > index;
    if (wanted[index] === undefined || wanted[index] === '>') return false;
    if (token !== '*' && token !== wanted[index]) return false;
  }
  return wanted.length === tokens.length;
}

function codeOf(error: unknown): number | undefined {
  return (error as { readonly code?: number }).code;
}
