/** Who may speak to a broker, and of what. */
export interface User {
  readonly ident: string;
  readonly secret: string;
  /** A free text by which operators group idents. */
  readonly owner: string;
  readonly publishes: ReadonlySet<string>;
  readonly subscribes: ReadonlySet<string>;
}

/** Whoever is known at the moment. */
export interface Users {
  find(ident: string): User | undefined;
}
