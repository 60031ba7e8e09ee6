import { scalarKind, type Kind } from './kind.ts';

export interface Range {
  readonly least?: number;
  readonly most?: number;
}

export function integer({ least = 0, most }: Range = {}): Kind<number> {
  return wholeNumber(`a whole number ${rangeText(least, most)}`, least, most ?? Number.MAX_SAFE_INTEGER);
}

export const port = wholeNumber('a port from 0 to 65535 (0: any free one)', 0, 65_535);

/** RFC 2033 keeps LMTP away from the port of SMTP, where it would be taken for a broken server. */
export const lmtpPort: Kind<number> = scalarKind<number>({
  valid: 'a port from 0 to 65535 (0: any free one), but not 25, which is for SMTP',
  parse: (text) => (text === '25' ? undefined : portFrom(text)),
});

export const portOrOff: Kind<number | 'off'> = scalarKind<number | 'off'>({
  valid: 'a port from 0 to 65535 (0: any free one), or off',
  parse: (text) => (text === 'off' ? 'off' : portFrom(text)),
});

/** YAML 1.1 wrote `10_000` for ten thousand, and so do files from its days. */
export const feedPort: Kind<number> = scalarKind<number>({
  valid: 'a port from 0 to 65535',
  parse: (text) => portFrom(text.replaceAll('_', '')),
});

function portFrom(text: string): number | undefined {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined;
}

function wholeNumber(valid: string, least: number, most: number): Kind<number> {
  return scalarKind({
    valid,
    parse(text) {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      return value >= least && value <= most ? value : undefined;
    },
  });
}

function rangeText(least: number, most: number | undefined): string {
  return most === undefined ? `of at least ${least}` : `from ${least} to ${most}`;
}
