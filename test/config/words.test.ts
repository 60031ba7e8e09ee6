import { describe, expect, it } from 'vitest';
import { readDocumentText } from '../../src/lib/config/read-document.ts';
import { duration } from '../../src/lib/config/words/amount.ts';
import { choice } from '../../src/lib/config/words/choice.ts';
import type { Kind } from '../../src/lib/config/words/kind.ts';
import { listOf } from '../../src/lib/config/words/list.ts';
import { integer } from '../../src/lib/config/words/number.ts';
import { orNone } from '../../src/lib/config/words/or-none.ts';
import { record } from '../../src/lib/config/words/record.ts';
import { secret } from '../../src/lib/config/words/secret.ts';
import { group, optional } from '../../src/lib/config/words/setting.ts';
import { createPlace, faultsOf, linesOf } from './place.ts';

function read<Value>(kind: Kind<Value>, text: string): Value | undefined {
  const schema = group('A test.', { key: optional(kind, { about: 'It.', words: 'none', example: '' }) });
  return readDocumentText(schema, { shown: 'my.yml', text }, createPlace()).key;
}

describe('a value or none', () => {
  const kind = orNone(listOf(choice('NOOP', 'RSET')));

  it('is one or the other', () => {
    expect(read(kind, 'key: none')).toBe('none');
    expect(read(kind, 'key: [RSET, NOOP]')).toEqual(['RSET', 'NOOP']);
    expect(read(kind, '')).toBeUndefined();
    expect([kind.show('none'), kind.show(['RSET', 'NOOP'])]).toEqual(['none', 'RSET, NOOP']);
  });

  it('is asked for as that', () => {
    expect(linesOf(() => read(kind, 'key: {a: b}'))).toEqual([
      'my.yml:1:6: key: a group of keys is not valid; write NOOP or RSET',
    ]);
    expect(linesOf(() => read(orNone(integer({ least: 1 })), 'key: 0'))).toEqual([
      'my.yml:1:6: key: "0" is not valid; write a whole number of at least 1, or none',
    ]);
  });
});

describe('a record', () => {
  const kind = record({ of: listOf(choice('unknown', 'rcpt')), limit: integer({ least: 1 }), after: duration() });

  it('has a value under each of its keys', () => {
    expect(read(kind, 'key: {of: [rcpt], limit: 4, after: 2s}')).toEqual({ of: ['rcpt'], limit: 4, after: 2000 });
    expect(read(listOf(kind), 'key:\n  - {of: rcpt, limit: 4, after: 0s}\n')).toEqual([
      { of: ['rcpt'], limit: 4, after: 0 },
    ]);
  });

  it('is shown as it is written', () => {
    const value = { of: ['rcpt', 'unknown'], limit: 4, after: 2000 } as const;
    expect(kind.show(value)).toBe('{of: "rcpt, unknown", limit: "4", after: "2s"}');
  });

  it('names everything that is wrong with it, and where', () => {
    const keys = 'the keys of, limit and after';
    expect(linesOf(() => read(kind, 'key: {of: [rcpt, 7], limit: x, after: 1s, limits: 3}'))).toEqual([
      `my.yml:1:43: key: "limits" is not valid; write ${keys}; did you mean limit?`,
      'my.yml:1:18: key: "7" is not valid; write unknown or rcpt',
      'my.yml:1:29: key: "x" is not valid; write a whole number of at least 1',
    ]);
    expect(linesOf(() => read(kind, 'key: {of: rcpt}'))).toEqual([
      `my.yml:1:6: key: a group of keys is not valid; write ${keys}; missing is limit, after`,
    ]);
    expect(linesOf(() => read(kind, 'key: [1]'))).toEqual([`my.yml:1:6: key: a list is not valid; write ${keys}`]);
  });

  it('keeps a secret that is in it', () => {
    const account = record({ name: choice('a'), password: secret });
    const faults = faultsOf(() => read(account, 'key: {name: hunter2, password: x}'));
    expect(JSON.stringify(faults)).not.toContain('hunter2');
  });
});
