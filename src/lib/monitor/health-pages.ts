import type { Page, PageOf } from '../net/pages.ts';

export interface HealthSources {
  readonly state: () => Promise<Readiness>;
  readonly metrics: () => Promise<string>;
}

/** Whether everything is up, and why not. */
export interface Readiness {
  readonly ready: boolean;
  readonly stopping: string | null;
  readonly refusing: string | null;
}

/** /livez: we run. /readyz: mail is taken. /metrics: figures for Prometheus. */
export function healthPages({ state, metrics }: HealthSources): PageOf {
  return async (path): Promise<Page> => {
    switch (path) {
      case '/livez':
        return { status: 200, text: 'ok\n' };
      case '/readyz': {
        const why = whyNot(await state());
        return why === undefined ? { status: 200, text: 'ok\n' } : { status: 503, text: `${why}\n` };
      }
      case '/metrics':
        return { status: 200, text: await metrics() };
      default:
        return { status: 404, text: 'There are /livez, /readyz and /metrics.\n' };
    }
  };
}

function whyNot({ ready, stopping, refusing }: Readiness): string | undefined {
  if (stopping !== null) return `stopping: ${stopping}`;
  if (!ready) return 'starting';
  return refusing === null ? undefined : `no mail is taken: ${refusing}`;
}
