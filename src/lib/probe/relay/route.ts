import type { AddressVerdict } from '../../net/public-address.ts';

/** An address of a mail server, and whether it may be connected to. */
export interface RouteAddress {
  readonly address: string;
  readonly verdict: AddressVerdict;
}

export interface RouteHost {
  readonly host: string;
  readonly port: number;
  /** As in the MX record. */
  readonly preference?: number;
  readonly addresses: readonly RouteAddress[];
  /** Why there are no addresses. */
  readonly problem?: string;
}

/** The servers that may be tried, in their order. */
export interface OpenRoute {
  readonly is: 'route';
  /** Why these: MX records, a domain's own address for want of them, an address in the recipient, the operator. */
  readonly by: 'mx' | 'domain' | 'literal' | 'server' | 'sandbox';
  readonly hosts: readonly RouteHost[];
  /** How many more MX hosts there are, which will not be tried. */
  readonly leftOut: number;
}

export type Route =
  | OpenRoute
  /** There is nobody who takes mail there. */
  | { readonly is: 'refused'; readonly why: string }
  /** Nobody can say now who does. */
  | { readonly is: 'unreachable'; readonly why: string };
