import { readDocumentText } from './read-document.ts';
import type { OutputSettings } from './schema.ts';
import { amqp } from './schema/outputs/amqp.ts';
import { hpfeeds } from './schema/outputs/hpfeeds.ts';
import { nats } from './schema/outputs/nats.ts';

const nothingWritten = { shown: 'nothing', text: '' };

/** An output of which nobody has said more than its type. */
export function defaultHpfeeds(): Extract<OutputSettings, { type: 'hpfeeds' }> {
  return { type: 'hpfeeds', ...readDocumentText(hpfeeds, nothingWritten) };
}

export function defaultAmqp(): Extract<OutputSettings, { type: 'amqp' }> {
  return { type: 'amqp', ...readDocumentText(amqp, nothingWritten) };
}

export function defaultNats(): Extract<OutputSettings, { type: 'nats' }> {
  return { type: 'nats', ...readDocumentText(nats, nothingWritten) };
}
