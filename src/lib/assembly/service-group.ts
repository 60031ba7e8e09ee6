import type { Emit } from '../events/event.ts';
import { exitCodes, reason, type ExitCode } from '../errors.ts';

export interface Service {
  readonly name: string;
  /** Resolves when it is up. What goes wrong for good after that goes to `fatal`. */
  start(fatal: (error: unknown) => void): Promise<void>;
  /** Ends in good order; from the moment of the signal on, as fast as it can without losing what it promised. */
  stop(hurry: AbortSignal): Promise<void>;
  /** Resolves with a reason when it has done all that it was there for; then everything ends. */
  readonly over?: Promise<string>;
}

export interface GroupSettings {
  readonly services: readonly Service[];
  readonly emit: Emit;
  readonly dataDir: string;
  /** Milliseconds for an orderly end. */
  readonly drain: number;
  readonly signals: Signals;
}

/** The process's signals, or those of a test. */
export interface Signals {
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  off(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
}

/**
 * Starts services in order and stops them in the opposite order: on SIGTERM or SIGINT, on the first fatal fault, or
 * when one does not start. A second signal, or the end of the drain time, hurries the stop.
 */
export async function runServices({ services, emit, dataDir, drain, signals }: GroupSettings): Promise<ExitCode> {
  const end = Promise.withResolvers<string>();
  const hurry = new AbortController();
  let failure: { readonly error: unknown } | undefined;
  let interruptions = 0;
  const fail = (error: unknown) => {
    failure ??= { error };
    end.resolve(reason(error));
  };
  const onSignal = (name: string) => () => {
    if (++interruptions > 1) hurry.abort();
    end.resolve(`${name} received`);
  };
  const onInterrupt = onSignal('SIGINT');
  const onTerminate = onSignal('SIGTERM');
  signals.on('SIGINT', onInterrupt);
  signals.on('SIGTERM', onTerminate);

  const started: Service[] = [];
  try {
    for (const service of services) {
      if (interruptions > 0 || failure) break;
      started.push(service);
      await service.start(fail);
      void service.over?.then(end.resolve);
    }
    if (interruptions === 0 && !failure) emit({ event: 'ready', dataDir });
  } catch (error) {
    fail(error);
  }

  emit({ event: 'stopping', why: await end.promise });
  const limit = setTimeout(() => hurry.abort(), drain);
  for (const service of started.toReversed()) {
    await service.stop(hurry.signal).catch((error: unknown) => (failure ??= { error }));
  }
  clearTimeout(limit);
  signals.off('SIGINT', onInterrupt);
  signals.off('SIGTERM', onTerminate);
  emit({ event: 'stopped' });
  if (failure) throw failure.error;
  return interruptions > 1 ? exitCodes.interrupted : exitCodes.done;
}
