import { hash } from 'node:crypto';

export const applicationId = 0x53544450; // "STDP"
export const schemaVersion = 1;

// What peers say is only ever kept inside JSON: it may hold lone surrogates and NUL, which SQLite's text does not bring
// back. SQLite has no checksums of its own, so every row that sending depends on has one here.
export const schema = `
  CREATE TABLE desk (
    one          INTEGER PRIMARY KEY CHECK (one = 1),
    identity     TEXT NOT NULL,
    mode         TEXT NOT NULL,
    doubtUntil   INTEGER NOT NULL,
    spentUntil   INTEGER NOT NULL,
    firstAttempt INTEGER NOT NULL,
    nextAttempt  INTEGER NOT NULL,
    sum          TEXT NOT NULL
  ) STRICT;

  CREATE TABLE attempts (
    number INTEGER PRIMARY KEY,
    record TEXT NOT NULL,
    sum    TEXT NOT NULL
  ) STRICT;

  CREATE TABLE probes (
    id        TEXT PRIMARY KEY,
    state     TEXT NOT NULL,
    heldAt    INTEGER NOT NULL,
    changedAt INTEGER NOT NULL,
    size      INTEGER NOT NULL,
    content   TEXT NOT NULL,
    record    TEXT NOT NULL,
    sum       TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX probesByState ON probes (state, heldAt, id, size);
  CREATE INDEX probesByChange ON probes (changedAt, id);
  CREATE INDEX probesByContent ON probes (content, changedAt);

  CREATE TABLE story (
    number INTEGER PRIMARY KEY,
    at     INTEGER NOT NULL,
    probe  TEXT,
    what   TEXT NOT NULL,
    who    TEXT NOT NULL,
    why    TEXT NOT NULL
  ) STRICT;
  CREATE INDEX storyByProbe ON story (probe, number);
  CREATE TRIGGER storyIsOnlyAddedTo BEFORE UPDATE ON story
    BEGIN SELECT RAISE(ABORT, 'the story is only ever added to'); END;

  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${schemaVersion};
`;

/** By which a row that was changed behind our back is known. */
export function sumOf(...values: readonly (string | number)[]): string {
  return hash('sha256', JSON.stringify(values), 'hex').slice(0, 32);
}
