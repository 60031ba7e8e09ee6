import { isIPv4 } from 'node:net';
import type { Indicator, IndicatorKind } from './indicator.ts';
import type { Reported } from './misp.ts';
import { ownSpace, uuidFrom } from './uuid.ts';

/** The space that STIX 2.1 names for the ids of what was observed (section 2.9). */
const observableSpace = '00abedb4-aa42-466c-9c01-fed23315a9b7';
const most = 999_999_999;

/** A bundle of STIX 2.1: what was observed, how often, and patterns by which others find it. */
export function stixBundle({ sensor, title, indicators, at }: Reported): object {
  const identity = {
    ...common('identity', sensor, at, at),
    name: sensor,
    identity_class: 'system',
    description: 'A sensor for unwanted mail.',
  };
  const campaigns = new Map(campaignObjects(indicators, identity.id).map((object) => [object.name, object]));
  return {
    type: 'bundle',
    id: `bundle--${uuidFrom(ownSpace, `stix bundle ${sensor} ${title} ${at}`)}`,
    objects: [
      identity,
      ...campaigns.values(),
      ...indicators.flatMap((indicator) => objectsOf(indicator, identity.id, campaigns)),
    ],
  };
}

type Campaign = ReturnType<typeof campaignObjects>[number];

function objectsOf(indicator: Indicator, creator: string, campaigns: ReadonlyMap<string, Campaign>): object[] {
  const { kind, value, count, first, last } = indicator;
  const observable = observableOf(indicator);
  const name = `${kind} ${value}`;
  const found = {
    ...common('indicator', name, first, last),
    created_by_ref: creator,
    name: `${words[kind]} in unwanted mail`,
    indicator_types: ['malicious-activity'],
    pattern: patternOf(indicator),
    pattern_type: 'stix',
    valid_from: time(first),
  };
  const observed = {
    ...common('observed-data', name, first, last),
    created_by_ref: creator,
    first_observed: time(first),
    last_observed: time(last),
    number_observed: Math.min(count, most),
    object_refs: [observable.id],
  };
  const belongs = indicator.campaigns.flatMap((code) => {
    const campaign = campaigns.get(code);
    if (campaign === undefined) return [];
    return {
      ...common('relationship', `${name} ${code}`, first, last),
      created_by_ref: creator,
      relationship_type: 'indicates',
      source_ref: found.id,
      target_ref: campaign.id,
    };
  });
  return [observable, observed, found, ...belongs];
}

const words: Readonly<Record<IndicatorKind, string>> = {
  ip: 'A host that delivered',
  url: 'A link',
  host: 'The host of a link',
  sender: 'An envelope sender',
  subject: 'A subject',
  sha256: 'An attachment',
};

function observableOf({ kind, value, fileName }: Indicator): { readonly id: string } {
  switch (kind) {
    case 'ip':
      return observable(isIPv4(value) ? 'ipv4-addr' : 'ipv6-addr', { value }, { value });
    case 'url':
      return observable('url', { value }, { value });
    case 'host':
      return observable('domain-name', { value }, { value });
    case 'sender':
      return observable('email-addr', { value }, { value });
    case 'subject':
      return observable('email-message', { subject: value }, { is_multipart: false, subject: value });
    case 'sha256': {
      const hashes = { 'SHA-256': value };
      return observable('file', { hashes }, { hashes, ...(fileName !== undefined && { name: fileName }) });
    }
  }
}

/** The same observable has the same id wherever it is seen: made from what tells it from others. */
function observable(type: string, identifying: object, properties: object): { readonly id: string } {
  const id = `${type}--${uuidFrom(observableSpace, JSON.stringify(identifying))}`;
  return { type, spec_version: '2.1', id, ...properties } as { readonly id: string };
}

function patternOf({ kind, value }: Indicator): string {
  const quoted = `'${value.replaceAll('\\', String.raw`\\`).replaceAll("'", String.raw`\'`)}'`;
  const paths: Readonly<Record<IndicatorKind, string>> = {
    ip: `${isIPv4(value) ? 'ipv4-addr' : 'ipv6-addr'}:value`,
    url: 'url:value',
    host: 'domain-name:value',
    sender: 'email-message:sender_ref.value',
    subject: 'email-message:subject',
    sha256: `file:hashes.'SHA-256'`,
  };
  return `[${paths[kind]} = ${quoted}]`;
}

function campaignObjects(indicators: readonly Indicator[], creator: string) {
  const seen = new Map<string, { first: number; last: number }>();
  for (const { campaigns, first, last } of indicators) {
    for (const code of campaigns) {
      const known = seen.get(code) ?? { first, last };
      seen.set(code, { first: Math.min(known.first, first), last: Math.max(known.last, last) });
    }
  }
  return Array.from(seen, ([code, { first, last }]) => ({
    ...common('campaign', code, first, last),
    created_by_ref: creator,
    name: code,
    first_seen: time(first),
    last_seen: time(last),
  }));
}

function common(type: string, name: string, created: number, modified: number) {
  return {
    type,
    spec_version: '2.1',
    id: `${type}--${uuidFrom(ownSpace, `${type} ${name}`)}`,
    created: time(created),
    modified: time(modified),
  };
}

function time(at: number): string {
  return new Date(at).toISOString();
}
