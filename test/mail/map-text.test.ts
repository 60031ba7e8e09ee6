import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { postfixMap, rowsIn, userFileFormat, withoutRow, withRow } from '../../src/lib/setup/mail/map-text.ts';

const written = `# Made by somebody.

team@example.org adam@example.org,
    eve@example.org
  # a comment between
@example.org\tadam@example.org
`;

describe('a map', () => {
  it('has rows that go on in the next line, and comments that are none', () => {
    expect(rowsIn(written, postfixMap)).toEqual([
      { key: 'team@example.org', value: 'adam@example.org,     eve@example.org' },
      { key: '@example.org', value: 'adam@example.org' },
    ]);
  });

  it('keeps what the operator has written around a row that changes', () => {
    const changed = withRow(written, { key: 'team@example.org', value: 'eve@example.org' }, postfixMap);
    expect(changed).toBe(`# Made by somebody.

team@example.org eve@example.org
  # a comment between
@example.org\tadam@example.org
`);
  });

  it('loses a row with all of its lines', () => {
    expect(withoutRow(written, 'team@example.org', postfixMap)).toBe(`# Made by somebody.

  # a comment between
@example.org\tadam@example.org
`);
  });

  it('has each key once, however often it stood there', () => {
    expect(withRow('a:1\nb:2\na:3\n', { key: 'a', value: '4' }, userFileFormat)).toBe('a:4\nb:2\n');
  });

  it('has what was put into it last, whatever was there', () => {
    const key = fc.stringMatching(/^[a-z]{1,3}@[a-z]$/);
    const value = fc.stringMatching(/^[!"$-9;-~]{1,8}$/);
    const line = fc.oneof(
      fc.constantFrom('', '# note', '   # note'),
      fc.tuple(key, value).map((pair) => pair.join(' ')),
    );
    fc.assert(
      fc.property(fc.array(line), key, value, (lines, newKey, newValue) => {
        const before = lines.map((each) => `${each}\n`).join('');
        const after = withRow(before, { key: newKey, value: newValue }, postfixMap);
        const others = (text: string) => rowsIn(text, postfixMap).filter((row) => row.key !== newKey);
        expect(rowsIn(after, postfixMap).filter((row) => row.key === newKey)).toEqual([
          { key: newKey, value: newValue },
        ]);
        expect(others(after)).toEqual(others(before));
        expect(after.match(/#.*/g)).toEqual(before.match(/#.*/g));
        const gone = withoutRow(after, newKey, postfixMap);
        expect(rowsIn(gone, postfixMap)).toEqual(others(before));
      }),
    );
  });
});
