import type { Page, PageOf } from '../../net/pages.ts';

/** The paths under which the reference has its numbers, and tells that it lives. */
export function statusPages(metrics: () => string): PageOf {
  return (path): Page => {
    switch (path) {
      case '/healthz':
        return { status: 200, text: 'ok\n' };
      case '/metrics':
        return { status: 200, text: metrics() };
      default:
        return { status: 404, text: '' };
    }
  };
}
