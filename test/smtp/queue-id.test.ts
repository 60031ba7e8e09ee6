import { describe, expect, it } from 'vitest';
import { exim } from '../../src/lib/smtp/personas/exim.ts';
import { postfix } from '../../src/lib/smtp/personas/postfix.ts';
import { isQueueIdShape, queueIds } from '../../src/lib/smtp/queue-id.ts';

const noon = Date.UTC(2026, 10, 20, 12) + 123;
const source = { now: () => noon, randomInt: (max: number) => Math.floor(max / 3) };

describe('a queue id', () => {
  it('of Postfix begins with the microseconds of its second', () => {
    const id = queueIds(postfix.queueId, source)();
    expect(id).toMatch(/^[0-9A-F]{11}$/);
    expect(Number.parseInt(id.slice(0, 5), 16)).toBe(123_333);
  });

  it('of Exim begins with the seconds of the clock', () => {
    const id = queueIds(exim.queueId, source)();
    expect(id).toMatch(/^[0-9A-Za-z]{6}-000[0-9A-Za-z]{3}-[0-9A-Za-z]{2}$/);
    const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
    const seconds = id
      .slice(0, 6)
      .split('')
      .reduce((sum, digit) => sum * 62 + digits.indexOf(digit), 0);
    expect(seconds).toBe(Math.floor(noon / 1000));
  });

  it.each(['{hex:11}', 'x{base62:6 seconds}-{digit:3}', '{lowerHex:1}', 'constant'])(
    'may have the shape %s',
    (shape) => {
      expect(isQueueIdShape(shape)).toBe(true);
    },
  );

  it.each(['', '{hex}', '{hex:0}', '{hex:100}', '{base99:3}', '{hex:3 years}', 'a{'])('has no shape %j', (shape) => {
    expect(isQueueIdShape(shape)).toBe(shape === 'a{');
  });
});
