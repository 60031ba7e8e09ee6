/** Where a message goes. There is no other way to say it, and only the last one leads to this machine. */
export type Destination =
  /** To the mail servers of the domain in which all recipients are; on port 25. */
  | { readonly is: 'mx'; readonly domain: string }
  /** To one server that the operator has named, whoever the recipients are. */
  | { readonly is: 'server'; readonly host: string; readonly port: number }
  /** To the embedded sink on 127.0.0.1. */
  | { readonly is: 'sandbox'; readonly port: number };
