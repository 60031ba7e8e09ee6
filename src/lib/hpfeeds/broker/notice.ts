import type { Address } from '../../capture/capture.ts';
import type { RefusalCategory } from './conversation.ts';

/** What happens at a broker and is worth telling. Idents and channels come from clients, and may be anything. */
export type BrokerNotice =
  | { readonly kind: 'listening'; readonly at: Address; readonly tls: 'none' | 'implicit' }
  | { readonly kind: 'authenticated'; readonly peer: Address; readonly ident: string }
  | {
      readonly kind: 'refused';
      readonly peer: Address;
      readonly ident: string | undefined;
      readonly category: RefusalCategory;
      readonly text: string;
    }
  | { readonly kind: 'left'; readonly peer: Address; readonly ident: string }
  /** A subscriber reads too slowly. */
  | { readonly kind: 'slow'; readonly peer: Address; readonly ident: string; readonly backlog: number }
  /** It is up to date again; so many messages have passed it by. */
  | { readonly kind: 'recovered'; readonly peer: Address; readonly ident: string; readonly dropped: number }
  /** A fault of ours: it ends one connection, and no other. */
  | { readonly kind: 'failed'; readonly peer: Address; readonly ident: string | undefined; readonly detail: string }
  | { readonly kind: 'capped'; readonly peer: Address; readonly limit: 'connections' | 'perAddress' };

export type Notify = (notice: BrokerNotice) => void;
