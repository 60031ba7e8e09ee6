import { reason } from '../../errors.ts';

/** Reads something anew, and says in words what came of it. Throws where it is no good, and leaves all as it was. */
export type Reload = () => Promise<string> | string;

export interface Reloaded {
  readonly what: string;
  readonly done: boolean;
  readonly detail: string;
}

/** All that a running sensor can read anew. */
export class Reloads {
  readonly #all: { readonly what: string; readonly reload: Reload }[] = [];

  add(what: string, reload: Reload): void {
    this.#all.push({ what, reload });
  }

  /** One thing that is no good keeps no other from being read. */
  async run(only?: string): Promise<readonly Reloaded[]> {
    const chosen = this.#all.filter(({ what }) => only === undefined || what === only);
    return Promise.all(
      chosen.map(async ({ what, reload }) => {
        try {
          return { what, done: true, detail: await reload() };
        } catch (error) {
          return { what, done: false, detail: reason(error) };
        }
      }),
    );
  }
}
