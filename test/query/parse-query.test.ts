import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filterFromWords } from '../../src/lib/assembly/look-back/filter-words.ts';
import { Fault } from '../../src/lib/errors.ts';
import { fields } from '../../src/lib/query/fields.ts';
import { filterFrom } from '../../src/lib/query/matches.ts';
import { parseQuery } from '../../src/lib/query/parse-query.ts';

const now = Date.parse('2026-11-27T12:00:00Z');

describe('a filter', () => {
  it('has an example of each field, and all of them can be read', () => {
    for (const { example } of Object.values(fields)) expect(parseQuery(example, now)).toHaveLength(1);
  });

  it.each([
    ['subject:invoice', [{ on: 'text', field: 'subject', patterns: [{ is: 'inside', text: 'invoice' }] }]],
    [
      'subject:"Unpaid, Invoice"',
      [{ on: 'text', field: 'subject', patterns: [{ is: 'inside', text: 'unpaid, invoice' }] }],
    ],
    [String.raw`"a\"b"`, [{ on: 'anything', patterns: [{ is: 'inside', text: 'a"b' }] }]],
    ['subject:"never closed', [{ on: 'text', field: 'subject', patterns: [{ is: 'inside', text: 'never closed' }] }]],
    ['from:*@x.example', [{ on: 'text', field: 'from', patterns: [{ is: 'pieces', pieces: ['', '@x.example'] }] }]],
    ['from:=a@x', [{ on: 'text', field: 'from', patterns: [{ is: 'whole', text: 'a@x' }] }]],
    ['from:<>', [{ on: 'text', field: 'from', patterns: [{ is: 'whole', text: '' }] }]],
    [
      'rule:a,B',
      [
        {
          on: 'text',
          field: 'rule',
          patterns: [
            { is: 'whole', text: 'a' },
            { is: 'whole', text: 'b' },
          ],
        },
      ],
    ],
    ['since:2d', [{ on: 'time', bound: 'since', moment: now - 2 * 864e5 }]],
    ['until:2026-11-26', [{ on: 'time', bound: 'until', moment: Date.parse('2026-11-27T00:00:00Z') - 1 }]],
    ['size:>=1MiB', [{ on: 'amount', field: 'size', comparison: '>=', amount: 2 ** 20 }]],
    ['has:url,attachment', [{ on: 'feature', features: ['url', 'attachment'] }]],
    ['http://x.example/a', [{ on: 'anything', patterns: [{ is: 'inside', text: 'http://x.example/a' }] }]],
    ['a,b', [{ on: 'anything', patterns: [{ is: 'inside', text: 'a,b' }] }]],
    ['  ', []],
    ['!', []],
  ])('is read: %s', (text, tests) => {
    expect(parseQuery(text, now)).toEqual(tests.map((test) => ({ refused: false, test })));
  });

  it('refuses what begins with an exclamation mark', () => {
    expect(parseQuery('!subject:x', now)).toMatchObject([{ refused: true, test: { field: 'subject' } }]);
  });

  it.each([
    ['fron:x', 'no field "fron"', 'Did you mean from:?'],
    ['nothinglikeit:x', 'no field', 'Fields are since,'],
    ['ip:300.1.1.1', 'not an IP address', 'Write an address'],
    ['ip:10.0.0.1/8', 'host bits', '10.0.0.0/8'],
    ['since:yesterdayish', 'no time', '2h, 3d'],
    ['since:1d,2d', 'one value', 'without a comma'],
    ['size:big', 'no amount', 'size:>1MB'],
    ['has:wings', 'nothing has that', 'attachment, url'],
  ])('says what is wrong with %s', (text, problem, fix) => {
    try {
      parseQuery(text, now);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(Fault);
      expect(`${(error as Fault).message} ${(error as Fault).fix}`).toContain(problem);
      expect(`${(error as Fault).message} ${(error as Fault).fix}`).toContain(fix);
      expect((error as Fault).exit).toBe(2);
    }
  });

  it('never fails otherwise, whatever is written', () => {
    const pieces = fc.constantFrom(
      ...Object.keys(fields).map((name) => `${name}:`),
      '"',
      '\\',
      '*',
      ',',
      '!',
      ':',
      ' ',
      '%',
      ';',
    );
    const text = fc.array(fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 8 })), { maxLength: 12 });
    fc.assert(
      fc.property(text, (parts) => {
        try {
          filterFrom(parseQuery(parts.join(''), now))({ anything: () => 'x', texts: () => ['x'] });
        } catch (error) {
          if (!(error instanceof Fault)) throw error;
        }
      }),
    );
  });

  it('finds quoted text, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
        const quoted = `"${text.replaceAll('\\', String.raw`\\`).replaceAll('"', String.raw`\"`)}"`;
        const filter = filterFrom(parseQuery(`subject:${quoted}`, now));
        expect(filter({ anything: () => '', texts: () => [`before ${text} behind`] })).toBe(true);
      }),
    );
  });
});

describe('words of a command line', () => {
  it.each([
    [['subject:unpaid invoice'], 'subject:"unpaid invoice"'],
    [['!subject:unpaid invoice', 'since:1d'], '!subject:"unpaid invoice" since:1d'],
    [['from:a subject:b c'], 'from:a subject:b c'],
    [['subject:"unpaid invoice"'], 'subject:"unpaid invoice"'],
    [['cheap pills'], 'cheap pills'],
  ])('get back the quotes that a shell took: %j', (words, filter) => {
    expect(filterFromWords(words)).toBe(filter);
  });
});
