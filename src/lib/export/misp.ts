import type { Indicator, IndicatorKind } from './indicator.ts';
import { ownSpace, uuidFrom } from './uuid.ts';

export interface Reported {
  /** Who saw it. */
  readonly sensor: string;
  /** What it is about, in a sentence. */
  readonly title: string;
  readonly indicators: readonly Indicator[];
  /** Milliseconds. */
  readonly at: number;
}

interface Meaning {
  readonly type: string;
  readonly category: string;
  /** Whether an intrusion detection system should act on it. */
  readonly to_ids: boolean;
}

const meanings: Readonly<Record<IndicatorKind, Meaning>> = {
  ip: { type: 'ip-src', category: 'Network activity', to_ids: false },
  url: { type: 'url', category: 'Network activity', to_ids: true },
  host: { type: 'hostname', category: 'Network activity', to_ids: true },
  sender: { type: 'email-src', category: 'Payload delivery', to_ids: false },
  subject: { type: 'email-subject', category: 'Payload delivery', to_ids: false },
  sha256: { type: 'sha256', category: 'Payload delivery', to_ids: true },
};

/** An event as MISP takes it (core format). The same messages make the same event, so that it can be sent again. */
export function mispEvent({ sensor, title, indicators, at }: Reported): object {
  const event = uuidFrom(ownSpace, `misp event ${sensor} ${title}`);
  return {
    Event: {
      uuid: event,
      info: title,
      date: day(at),
      timestamp: seconds(at),
      // Undefined, and the work on it only begins: that is for people to say.
      threat_level_id: '4',
      analysis: '0',
      // Your organisation only, until somebody decides otherwise.
      distribution: '0',
      published: false,
      Orgc: { name: sensor, uuid: uuidFrom(ownSpace, `misp organisation ${sensor}`) },
      Tag: campaignsOf(indicators).map((campaign) => ({ name: `spamtrap:campaign="${campaign}"` })),
      Attribute: indicators.map((indicator) => attribute(event, indicator)),
    },
  };
}

function attribute(event: string, { kind, value, count, first, last, fileName }: Indicator): object {
  const isNamed = kind === 'sha256' && fileName !== undefined;
  const { type, category, to_ids } = meanings[kind];
  return {
    uuid: uuidFrom(event, `${kind} ${value}`),
    type: isNamed ? 'filename|sha256' : type,
    category,
    value: isNamed ? `${fileName.replaceAll('|', '_')}|${value}` : value,
    to_ids,
    distribution: '5',
    // The published schema knows no first_seen and last_seen.
    comment: `in ${count} ${count === 1 ? 'message' : 'messages'}, ${day(first)} to ${day(last)}`,
    timestamp: seconds(last),
  };
}

function campaignsOf(indicators: readonly Indicator[]): readonly string[] {
  return [...new Set(indicators.flatMap(({ campaigns }) => campaigns))].sort();
}

function seconds(at: number): string {
  return String(Math.floor(at / 1_000));
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
