/** Where frames go out again. */
export interface Receiver<Sender> {
  /** Takes a frame to send it soon. */
  deliver(frame: Buffer, from: Sender): void;
  /** Sends what it has taken. */
  flush(): void;
}

/** Those who subscribe to one channel, in the order in which they came. */
export type Route<Peer> = ReadonlySet<Peer>;

/** Who gets what: channels match exactly, and whoever publishes hears itself where it has subscribed. */
export class Exchange<Peer extends Receiver<Peer>> {
  readonly #routes = new Map<string, Set<Peer>>();
  readonly #unsent = new Set<Peer>();

  route(channel: string): Route<Peer> {
    return this.#routeOf(channel);
  }

  subscribe(peer: Peer, channel: string): void {
    this.#routeOf(channel).add(peer);
  }

  unsubscribe(peer: Peer, channel: string): void {
    this.#routes.get(channel)?.delete(peer);
  }

  publish(route: Route<Peer>, frame: Buffer, from: Peer): void {
    for (const peer of route) {
      peer.deliver(frame, from);
      this.#unsent.add(peer);
    }
  }

  /** Sends everything at once that has been published since the last time. */
  flush(): void {
    for (const peer of this.#unsent) peer.flush();
    this.#unsent.clear();
  }

  // Kept when nobody is left: only channels come here that somebody is allowed to use.
  #routeOf(channel: string): Set<Peer> {
    let route = this.#routes.get(channel);
    if (!route) this.#routes.set(channel, (route = new Set()));
    return route;
  }
}
