import type { PeerText } from '../../capture/capture.ts';
import { asciiUpper } from '../../text/ascii.ts';
import { refused, type Refused } from '../grammar.ts';
import type { AnyOccasion } from '../persona.ts';

/** What is wrong with a value; a name that came before may be wrong by itself. */
type Check = (value: PeerText, isFirst: boolean) => AnyOccasion | undefined;

const xtextPattern = /^(?:[!-*,-<>-~]|\+[0-9A-F]{2})+$/;
/** Beyond this no file system could help. */
const mostBytes = 2n ** 63n - 1n;

export function checkMailParameters(
  parameters: readonly PeerText[],
  limits: { readonly messageSize: number },
): Refused | undefined {
  return checkEach(parameters, {
    SIZE: (value) => {
      if (!/^\d+$/.test(value)) return 'sizeMalformed';
      if (value.length > 19 || BigInt(value) > mostBytes) return 'sizeImpossible';
      return Number(value) > limits.messageSize ? 'sizeExceeded' : undefined;
    },
    BODY: (value) => (/^(?:7BIT|8BITMIME)$/i.test(value) ? undefined : 'unsupportedOption'),
    RET: (value, isFirst) => (isFirst && /^(?:FULL|HDRS)$/i.test(value) ? undefined : 'retMalformed'),
    ENVID: (value, isFirst) => (isFirst && xtextPattern.test(value) ? undefined : 'envidMalformed'),
    AUTH: () => undefined,
    SMTPUTF8: noValue,
  });
}

export function checkRcptParameters(parameters: readonly PeerText[]): Refused | undefined {
  return checkEach(parameters, {
    NOTIFY: (value, isFirst) => (isFirst && isNotify(value) ? undefined : 'notifyMalformed'),
    ORCPT: (value, isFirst) => {
      const [, type, original] = /^([^;]+);(.+)$/s.exec(value) ?? [];
      const isValid = isFirst && type !== undefined && (/^utf-8$/i.test(type) || xtextPattern.test(original!));
      return isValid ? undefined : 'orcptMalformed';
    },
  });
}

function noValue(value: PeerText): AnyOccasion | undefined {
  return value === '' ? undefined : 'unsupportedOption';
}

function isNotify(value: PeerText): boolean {
  const words = asciiUpper(value).split(',');
  if (words.length === 1 && words[0] === 'NEVER') return true;
  return words.every((word) => ['SUCCESS', 'FAILURE', 'DELAY'].includes(word));
}

function checkEach(parameters: readonly PeerText[], checks: Readonly<Record<string, Check>>): Refused | undefined {
  const seen = new Set<string>();
  for (const option of parameters) {
    const equals = option.indexOf('=');
    const name = asciiUpper(equals < 0 ? option : option.slice(0, equals));
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    // Only SMTPUTF8 is a word by itself, and only it has no value.
    const isWhole = equals < 0 === (name === 'SMTPUTF8');
    const occasion =
      check && isWhole ? check(option.slice(equals + 1 || option.length), !seen.has(name)) : 'unsupportedOption';
    if (occasion) return refused(occasion, { option });
    seen.add(name);
  }
  return undefined;
}
