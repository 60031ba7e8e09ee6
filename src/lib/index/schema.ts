export const applicationId = 0x53544958; // "STIX", as in spamtrap index
/** A database of another version is not read: it is made anew. */
export const schemaVersion = 1;

/** What a term is: it is kept once, however many messages mention it. */
export const termKinds = {
  from: 1,
  to: 2,
  author: 3,
  reader: 4,
  subject: 5,
  text: 6,
  helo: 7,
  peer: 8,
  url: 9,
  host: 10,
  file: 11,
  type: 12,
  hash: 13,
  rule: 14,
  tag: 15,
  user: 16,
  password: 17,
  login: 18,
  country: 19,
  network: 20,
  verdict: 21,
  probe: 22,
  scan: 23,
  domain: 24,
  mailbox: 25,
} as const;
export type TermKind = keyof typeof termKinds;

/** Terms of one kind have neighbouring numbers, so that those of one kind can be looked through without the others. */
const kindWidth = 2 ** 40;

export function firstTermOf(kind: TermKind): number {
  return termKinds[kind] * kindWidth;
}

export function lastTermOf(kind: TermKind): number {
  return firstTermOf(kind) + kindWidth - 1;
}

export function kindOfTerm(term: number): TermKind {
  return kindNames.get(Math.floor(term / kindWidth))!;
}

const kindNames = new Map(Object.entries(termKinds).map(([name, number]) => [number as number, name as TermKind]));

/** What an entry is of. */
export const entryKinds = { message: 0, evidence: 1, session: 2 } as const;
export type EntryKind = keyof typeof entryKinds;

export const schema = `
  CREATE TABLE entries (
    seq        INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    kind       INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    intake     TEXT NOT NULL,
    session    TEXT NOT NULL,
    size       INTEGER NOT NULL,
    sha256     TEXT NOT NULL,
    recipients INTEGER NOT NULL,
    gap        TEXT NOT NULL,
    campaign   INTEGER,
    print      BLOB
  ) STRICT;
  CREATE INDEX entriesByTime ON entries (at);
  CREATE INDEX entriesBySession ON entries (session) WHERE session != '';
  CREATE INDEX entriesByCampaign ON entries (campaign, at) WHERE campaign IS NOT NULL;

  CREATE TABLE terms (
    term   INTEGER PRIMARY KEY,
    kind   INTEGER NOT NULL,
    value  TEXT NOT NULL,
    -- How it is searched, where that is not as it is written: without capitals, or for addresses of peers as a number.
    folded TEXT
  ) STRICT;
  CREATE UNIQUE INDEX termsByValue ON terms (kind, value);
  CREATE INDEX peersByNumber ON terms (folded) WHERE kind = ${termKinds.peer};

  CREATE TABLE mentions (
    entry INTEGER NOT NULL,
    term  INTEGER NOT NULL,
    PRIMARY KEY (entry, term)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX mentionsByTerm ON mentions (term, entry);

  CREATE TABLE attachments (
    entry INTEGER NOT NULL,
    place INTEGER NOT NULL,
    file  INTEGER NOT NULL,
    type  INTEGER NOT NULL,
    hash  INTEGER NOT NULL,
    size  INTEGER NOT NULL,
    PRIMARY KEY (entry, place)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE campaigns (
    campaign INTEGER PRIMARY KEY,
    code     TEXT NOT NULL UNIQUE,
    name     TEXT NOT NULL,
    size     INTEGER NOT NULL,
    first    INTEGER NOT NULL,
    last     INTEGER NOT NULL,
    sample   TEXT NOT NULL,
    -- Where what was counted here is counted now.
    joined   INTEGER
  ) STRICT;
  CREATE INDEX campaignsByLast ON campaigns (last);

  CREATE TABLE likes (
    likeness INTEGER PRIMARY KEY,
    campaign INTEGER NOT NULL,
    founder  INTEGER NOT NULL,
    print    BLOB NOT NULL
  ) STRICT;
  CREATE INDEX likesByCampaign ON likes (campaign);

  CREATE TABLE likeRows (
    row      INTEGER NOT NULL,
    likeness INTEGER NOT NULL,
    PRIMARY KEY (row, likeness)
  ) STRICT, WITHOUT ROWID;

  -- How far it has come: one row.
  CREATE TABLE progress (
    one       INTEGER PRIMARY KEY CHECK (one = 1),
    segment   INTEGER NOT NULL,
    offset    INTEGER NOT NULL,
    -- The id with which that segment of the journal begins.
    mark      TEXT NOT NULL,
    entries   INTEGER NOT NULL,
    probesTo  INTEGER NOT NULL,
    judgedTo  INTEGER NOT NULL,
    -- When it was last asked what is too old.
    expiredAt INTEGER NOT NULL
  ) STRICT;
  INSERT INTO progress VALUES (1, 0, 0, '', 0, 0, 0, 0);

  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${schemaVersion};
`;
