/**
 * All that is used of the client library. It is loaded when a cluster is first spoken to: most sensors have nothing to
 * do with NATS, and it would make every command slower.
 */
export { connect, credsAuthenticator, headers } from '@nats-io/transport-node';
export { AckPolicy, DeliverPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
export { Kvm } from '@nats-io/kv';
export { Objm } from '@nats-io/obj';
