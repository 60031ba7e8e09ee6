/** A server at one address; its name is what it was found by. */
export interface Endpoint {
  readonly host: string;
  readonly address: string;
  readonly port: number;
}
