/** At which step a conversation with an AMQP broker failed. */
export type AmqpFaultKind =
  | 'resolve'
  | 'connect'
  | 'tls'
  | 'timeout'
  | 'credentials'
  | 'vhost'
  | 'exchange'
  | 'unroutable'
  | 'blocked'
  | 'refused'
  | 'lost';

export class AmqpFault extends Error {
  override readonly name = 'AmqpFault';
  readonly kind: AmqpFaultKind;

  constructor(kind: AmqpFaultKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
