import type { Service } from './service-group.ts';

/** What SIGHUP means: without a console that something is to be read anew, with one that its terminal is gone. */
export function hangUpService(heard: () => void): Service {
  return {
    name: 'hang-up',
    async start() {
      process.on('SIGHUP', heard);
    },
    async stop() {
      process.off('SIGHUP', heard);
      // Whoever drains must not be killed by it.
      process.on('SIGHUP', () => undefined);
    },
  };
}
