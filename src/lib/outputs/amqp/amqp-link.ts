import type { ChannelModel, ConfirmChannel, Message } from 'amqplib';
import type { Socket } from 'node:net';
import { reason } from '../../errors.ts';
import { dial, DialFault, type ServerPlace } from '../../net/dial.ts';
import { tlsOptions } from './tls-options.ts';
import { AmqpFault } from './amqp-fault.ts';

export interface AmqpAccess {
  readonly place: ServerPlace;
  readonly vhost: string;
  readonly ident: string;
  readonly secret: string;
  readonly connectMs: number;
  readonly heartbeatMs: number;
}

export interface Letter {
  readonly exchange: string;
  readonly key: string;
  readonly payload: Buffer;
  readonly id: string;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly timestamp: number;
}

/** One connection and its channel, on which everything that is published is confirmed or returned. */
export class AmqpLink {
  readonly #model: ChannelModel;
  readonly #lost = Promise.withResolvers<never>();
  #channel: ConfirmChannel | undefined;
  #returned: Message[] = [];
  #fault: AmqpFault | undefined;
  #blocked: string | undefined;
  #channelFault: string | undefined;

  static async open(access: AmqpAccess, signal: AbortSignal): Promise<AmqpLink> {
    const { place, vhost, ident, secret, connectMs, heartbeatMs } = access;
    // First by ourselves: it tells which step fails, tries every address, and looks at pinned certificates.
    const certificate = await examine(place, connectMs, signal);
    // Not before it is needed: most sensors have no such output.
    const { default: amqp } = await import('amqplib');
    const protocol = place.tls ? 'amqps' : 'amqp';
    const heartbeat = Math.ceil(heartbeatMs / 1000);
    const at = {
      protocol,
      hostname: place.host,
      port: place.port,
      vhost,
      username: ident,
      password: secret,
      heartbeat,
    };
    try {
      const options = { timeout: connectMs, noDelay: true, keepAlive: true, ...tlsOptions(place, certificate) };
      return new AmqpLink(await amqp.connect(at, options));
    } catch (error) {
      throw refusal(error, access);
    }
  }

  private constructor(model: ChannelModel) {
    this.#model = model;
    // Whoever waits is told by the promise; nobody may be waiting.
    this.#lost.promise.catch(() => undefined);
    model.on('error', (error: Error) => this.#fail(new AmqpFault('lost', `the connection broke: ${error.message}`)));
    model.on('close', () => this.#fail(new AmqpFault('lost', 'the broker closed the connection')));
    model.on('blocked', (why: string) => (this.#blocked = why));
    model.on('unblocked', () => (this.#blocked = undefined));
  }

  get fault(): AmqpFault | undefined {
    return this.#fault;
  }

  /** Why the broker takes nothing at the moment; undefined when it does. */
  get blocked(): string | undefined {
    return this.#blocked;
  }

  /** Why the broker ended the channel; undefined when it did not. */
  get channelFault(): string | undefined {
    return this.#channelFault;
  }

  /** Makes the exchange, durable; one of that name which is there already is taken as it is. */
  async useExchange(exchange: string): Promise<void> {
    const channel = await this.#open();
    try {
      await channel.assertExchange(exchange, 'topic', { durable: true });
    } catch (error) {
      // The collectors before this one made it so that it does not survive a restart, and their readers rely on it.
      if (!/PRECONDITION[-_]FAILED|ACCESS[-_]REFUSED/.test(reason(error))) throw exchangeFault(exchange, error);
      this.#channel = undefined;
      await (await this.#open()).checkExchange(exchange).catch((missing: unknown) => {
        throw exchangeFault(exchange, missing);
      });
    }
  }

  /** A queue in which messages wait for a consumer that has never come yet. */
  async keepIn(queue: string, exchange: string, keys: readonly string[]): Promise<void> {
    const channel = await this.#open();
    await channel.assertQueue(queue, { durable: true });
    for (const key of keys) await channel.bindQueue(queue, exchange, key);
  }

  /** A queue of our own that goes with the connection; what arrives there is handed over. */
  async listen(exchange: string, key: string, take: (payload: Buffer) => void): Promise<void> {
    const channel = await this.#open();
    const { queue } = await channel.assertQueue('', { exclusive: true, autoDelete: true });
    await channel.bindQueue(queue, exchange, key);
    await channel.consume(queue, (message) => message && take(message.content), { noAck: true });
  }

  /** Resolves when the broker has confirmed all of them. A message that no queue takes is not confirmed to us. */
  async publish(letters: readonly Letter[]): Promise<void> {
    const channel = await this.#open();
    this.#returned = [];
    const confirmed = letters.map((letter) => this.#publishOne(channel, letter));
    await Promise.race([Promise.all(confirmed), this.#lost.promise]);
    const [returned] = this.#returned;
    if (returned) throw unroutable(returned);
  }

  close(): void {
    this.#fail(new AmqpFault('lost', 'the connection was closed by us'));
    void this.#model.close().catch(() => undefined);
    // Saying goodbye needs an answer, and there may be nobody to give it.
    setTimeout(() => streamOf(this.#model).destroy(), goodbyeMs).unref();
  }

  /** Ends it without a word. */
  destroy(): void {
    this.#fail(new AmqpFault('lost', 'the connection was closed by us'));
    streamOf(this.#model).destroy();
  }

  #publishOne(channel: ConfirmChannel, letter: Letter): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const { exchange, key, payload, id: messageId, contentType, headers, timestamp } = letter;
    const options = { mandatory: true, persistent: true, messageId, contentType, headers, timestamp };
    channel.publish(exchange, key, payload, options, (error: unknown) => {
      if (error) reject(new AmqpFault('refused', `the broker did not take a message: ${reason(error)}`));
      else resolve();
    });
    return promise;
  }

  async #open(): Promise<ConfirmChannel> {
    if (this.#fault) throw this.#fault;
    if (this.#channel) return this.#channel;
    const channel = await this.#model.createConfirmChannel();
    channel.on('return', (message: Message) => this.#returned.push(message));
    channel.on('error', (error: Error) => {
      // An exchange that is not as we would have it ends the channel, and not more.
      if (this.#channel === channel) this.#channelFault = error.message;
    });
    return (this.#channel = channel);
  }

  #fail(fault: AmqpFault): void {
    if (this.#fault) return;
    this.#fault = fault;
    this.#lost.reject(fault);
  }
}

const goodbyeMs = 1_000;

// The library has no way to end a connection whose other side is silent.
function streamOf(model: ChannelModel): Socket {
  return (model.connection as unknown as { readonly stream: Socket }).stream;
}

async function examine(place: ServerPlace, connectMs: number, signal: AbortSignal): Promise<Buffer | undefined> {
  try {
    const socket = await dial(place, { connectMs }, signal);
    const certificate = 'getPeerCertificate' in socket ? rawCertificate(socket) : undefined;
    socket.destroy();
    return certificate;
  } catch (error) {
    throw error instanceof DialFault ? new AmqpFault(error.kind, error.message, { cause: error }) : error;
  }
}

function rawCertificate(socket: object): Buffer {
  return (socket as { getPeerCertificate(): { raw: Buffer } }).getPeerCertificate().raw;
}

function refusal(error: unknown, { vhost, connectMs, ident }: AmqpAccess): AmqpFault {
  const words = reason(error);
  const options = { cause: error };
  if (/ACCESS[-_]REFUSED/.test(words) && !/vhost/i.test(words)) {
    return new AmqpFault('credentials', `the broker does not accept "${ident}" and its secret`, options);
  }
  if (/vhost|NOT[-_]ALLOWED|ConnectionOpenOk/i.test(words)) {
    return new AmqpFault(
      'vhost',
      `"${ident}" may not use the virtual host "${vhost}", or there is none: ${words}`,
      options,
    );
  }
  if (/ETIMEDOUT/.test(words)) return new AmqpFault('timeout', `no AMQP within ${connectMs} ms`, options);
  return new AmqpFault('lost', `the broker ended the conversation before it began: ${words}`, options);
}

function exchangeFault(exchange: string, error: unknown): AmqpFault {
  return new AmqpFault('exchange', `the exchange "${exchange}" cannot be used: ${reason(error)}`, { cause: error });
}

function unroutable({ fields }: Message): AmqpFault {
  const { exchange, routingKey: key } = fields;
  const message = `no queue takes what is published to "${exchange}" with the key "${key}": bind one, or set queue`;
  return new AmqpFault('unroutable', message);
}
