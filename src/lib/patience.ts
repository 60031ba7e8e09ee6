/** How long something is waited for. */
export interface Patience {
  readonly ms: number;
  readonly late: () => Error;
  readonly signal?: AbortSignal;
}

/** Rejects when patience ends first. What is waited for goes on then, and nobody looks at it any more. */
export async function within<Result>({ ms, late, signal }: Patience, awaited: Promise<Result>): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(late()), ms);
  try {
    const either = Promise.race([awaited, promise]);
    return await (signal ? unlessAborted(signal, either) : either);
  } finally {
    clearTimeout(timer);
  }
}

/** Rejects with the reason of the signal when that comes first. */
export async function unlessAborted<Result>(signal: AbortSignal, awaited: Promise<Result>): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>();
  const giveUp = () => reject(signal.reason as Error);
  signal.addEventListener('abort', giveUp, { once: true });
  if (signal.aborted) giveUp();
  try {
    return await Promise.race([promise, awaited]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
