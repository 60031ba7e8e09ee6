import type { Given, Operations } from '../../control/attendant.ts';
import type { OutputView } from '../../monitor/sensor-view.ts';
import type { ThreadService } from '../thread-service.ts';
import { textOf } from './given.ts';

export interface OutputOperations extends Operations {
  readonly 'outputs.list': () => Promise<readonly OutputView[]>;
}

/** Has the outputs' thread do what is asked for. */
export function outputOperations(thread: ThreadService<unknown>): OutputOperations {
  const on = (what: string) => (given: Given) => thread.ask(what, { output: textOf(given, 'output') });
  return {
    'outputs.list': () => thread.ask('list') as Promise<readonly OutputView[]>,
    'outputs.pause': on('pause'),
    'outputs.resume': on('resume'),
    'outputs.retry': on('retry'),
    'outputs.forward': on('forward'),
    'outputs.rewind'(given) {
      const { since } = given;
      const moment = typeof since === 'number' ? { since } : {};
      return thread.ask('rewind', { output: textOf(given, 'output'), ...moment });
    },
  };
}
