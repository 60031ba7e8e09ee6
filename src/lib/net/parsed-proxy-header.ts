import type { Address } from '../capture/capture.ts';

/** What a proxy says of the connection that it carries on. Without addresses, those of the socket are the true ones. */
export interface ProxiedAddresses {
  readonly source?: Address;
  readonly destination?: Address;
}

export interface Incomplete {
  readonly is: 'incomplete';
}

export interface Malformed {
  readonly is: 'malformed';
  readonly why: string;
}

/** What the bytes from the beginning of a connection amount to; `length` is where the header ends. */
export type ParsedHeader =
  Incomplete | Malformed | (ProxiedAddresses & { readonly is: 'header'; readonly length: number });

export function malformed(why: string): Malformed {
  return { is: 'malformed', why };
}
