const alphabets: Readonly<Record<string, string>> = {
  digit: '0123456789',
  hex: '0123456789ABCDEF',
  lowerHex: '0123456789abcdef',
  base36: '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  base60: '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwx',
  base62: '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
};

export interface QueueIdSource {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly randomInt: (max: number) => number;
}

type Part = (source: QueueIdSource) => string;

/**
 * Makes queue ids of one shape. A shape is text with parts in braces: `{hex:11}` is eleven characters of chance,
 * `{base62:6 seconds}` the clock, and `{hex:5 micros}` the microseconds of the second, as servers build theirs:
 * whoever sees a few ids can tell a clock from chance.
 */
export function queueIds(shape: string, source: QueueIdSource): () => string {
  const parts = shape
    .split(/(\{[^}]*\})/)
    .filter((part) => part !== '')
    .map(partOf);
  return () => parts.map((part) => part(source)).join('');
}

export function isQueueIdShape(shape: string): boolean {
  try {
    shape.split(/(\{[^}]*\})/).map(partOf);
    return shape !== '';
  } catch {
    return false;
  }
}

function partOf(text: string): Part {
  if (!text.startsWith('{')) return () => text;
  const [, name = '', digits = '', clock] = /^\{(\w+):(\d{1,2})(?: (seconds|micros))?\}$/.exec(text) ?? [];
  const alphabet = alphabets[name];
  const length = Number(digits);
  if (alphabet === undefined || length < 1) throw new RangeError(`no part of a queue id: ${text}`);
  if (clock === 'seconds') return ({ now }) => encode(Math.floor(now() / 1000), alphabet, length);
  if (clock === 'micros') {
    return ({ now, randomInt }) => encode((now() % 1000) * 1000 + randomInt(1000), alphabet, length);
  }
  return ({ randomInt }) => chance(randomInt, alphabet, length);
}

function encode(value: number, alphabet: string, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest = Math.floor(rest / alphabet.length)) {
    text = alphabet[rest % alphabet.length] + text;
  }
  return text;
}

function chance(randomInt: (max: number) => number, alphabet: string, length: number): string {
  let id = '';
  // One draw gives several characters: an id is needed for every message.
  for (let draw = 0; id.length < length; draw = Math.floor(draw / alphabet.length)) {
    if (draw < alphabet.length) draw = randomInt(2 ** 47);
    id += alphabet[draw % alphabet.length];
  }
  return id;
}
