/** How the value of a field is read, and what it is compared with. */
export type FieldKind = 'words' | 'name' | 'beginning' | 'network' | 'since' | 'until' | 'amount' | 'feature';

interface Field {
  readonly kind: FieldKind;
  readonly about: string;
  readonly example: string;
}

/**
 * Everything a filter may ask for. `words` are looked for inside a text, a `name` is the whole of it, a `beginning` is
 * how it starts.
 */
export const fields = {
  since: { kind: 'since', about: 'Not before: a day, a time, or how long ago.', example: 'since:2d' },
  until: {
    kind: 'until',
    about: 'Not after: the same; a day is meant to its end.',
    example: 'until:2026-11-26',
  },
  from: { kind: 'words', about: 'Who sent it: the envelope or the From header.', example: 'from:*@bank.example' },
  to: { kind: 'words', about: 'To whom: a recipient of the envelope, or the To and Cc headers.', example: 'to:info@' },
  subject: { kind: 'words', about: 'The subject, decoded.', example: 'subject:"unpaid invoice"' },
  text: { kind: 'words', about: 'The beginning of what a reader would see.', example: 'text:bitcoin' },
  ip: { kind: 'network', about: 'The address of the peer, or a network.', example: 'ip:198.51.100.0/24' },
  helo: { kind: 'words', about: 'What the peer called itself.', example: 'helo:ylmf-pc' },
  country: { kind: 'name', about: 'The country of the peer, in two letters (with geo.files).', example: 'country:nl' },
  network: {
    kind: 'words',
    about: 'The network of the peer: its number or whose it is (with geo.files).',
    example: 'network:AS64500',
  },
  intake: { kind: 'name', about: 'Where it came from: relay, lmtp, collect, maildir.', example: 'intake:relay,lmtp' },
  size: { kind: 'amount', about: 'How large it is.', example: 'size:>1MB' },
  recipients: { kind: 'amount', about: 'To how many the envelope went.', example: 'recipients:>=10' },
  url: { kind: 'words', about: 'A link in it, or the host of one.', example: 'url:login.example' },
  attachment: {
    kind: 'words',
    about: 'An attachment: its name, its type, or its sha256.',
    example: 'attachment:*.exe',
  },
  credential: {
    kind: 'words',
    about: 'A login that was tried: the user or the password.',
    example: 'credential:admin',
  },
  rule: { kind: 'name', about: 'A rule that matched.', example: 'rule:subject-ip' },
  tag: { kind: 'name', about: 'A tag that a rule gave it.', example: 'tag:phish' },
  probe: {
    kind: 'name',
    about: 'What became of it on the probe desk: held, denied, relayed, …; probe:* is any.',
    example: 'probe:relayed',
  },
  campaign: { kind: 'name', about: 'The campaign it belongs to: its code or its name.', example: 'campaign:c-7k2m9q4' },
  verdict: {
    kind: 'name',
    about: 'What others said of it: spf=pass, virus=…, spamd=spam.',
    example: 'verdict:spf=fail',
  },
  session: { kind: 'beginning', about: 'The session that brought it.', example: 'session:01JD' },
  id: { kind: 'beginning', about: 'Its id, or the beginning of it.', example: 'id:01JDPQ' },
  sha256: { kind: 'beginning', about: 'The hash of its bytes, or the beginning of it.', example: 'sha256:9f86d0' },
  has: {
    kind: 'feature',
    about: 'Something it has: attachment, url, credential, probe, campaign, text, gap (it could not be read whole).',
    example: 'has:attachment',
  },
} as const satisfies Readonly<Record<string, Field>>;

export type FieldName = keyof typeof fields;

export const features = ['attachment', 'url', 'credential', 'probe', 'campaign', 'text', 'gap'] as const;
export type Feature = (typeof features)[number];

export function isFieldName(text: string): text is FieldName {
  return Object.hasOwn(fields, text);
}
